import { changePoints, noiseScale, type Segment } from './change-points.ts';
import { requireAtLeast, requireWithin } from './errors.ts';
import { median } from './quantile.ts';
import type { Samples } from './samples.ts';

export interface WarmUpOptions {
  /** the user's least warm-up, in samples; the result is never below */
  readonly floor?: number;
  /** levels this near to the last one, as a share of it, are the same level; default 0.01 */
  readonly toleranceShare?: number;
  /** how much of the series must lie at the last level, in (0, 1]; default 0.5 */
  readonly leastSettledShare?: number;
}

export type WarmUp = {
  /** samples per batch: the index is found no finer */
  readonly batchSize: number;
  /** levels by sample index, for the lag plot and the reader */
  readonly levels: readonly Segment[];
} & (
  | {
      /** 0 where it was settled from the start and no floor was given */ readonly kind: 'settled';
      readonly index: number;
    }
  | {
      /** the last level began here, too late to be called settled */ readonly kind: 'never-settles';
      readonly lastChange: number;
    }
);

/** The first sample after the warm-up: from there on the series stays at its last level.
 * @param series latencies of one arm in one fork, in time order, ≥ 100
 * @returns the index to start at, or that the series never settles; levels are in the samples' unit
 * @throws StatsError sample-too-small | bad-argument
 * Medians of some 200 batches (single outliers vanish, autocorrelation mostly), change points of their mean with the noise's own autocorrelation in the
 * penalty, then levels that differ from the last one by less than the tolerance or one batch's noise are joined to it, as long as they are its neighbours.
 * Where the joined level covers less than leastSettledShare, it never settles (a cut in the second half is no warm-up: White 1997).
 * Sees a warm-up that lasts two batches (1 % of the series) or more; a shorter one is the floor's business. Time O(n log n).
 * Source: Barrett, Bolz-Tereick, Killick, Mount & Tratt 2017 (change points, equivalence to the last segment, share of the end),
 * Chakar et al. 2017 (autocorrelation). Oracle: synthetic series of known form. */
export function detectWarmUp(series: Samples, o: WarmUpOptions = {}): WarmUp {
  const n = series.length;
  requireAtLeast(100, n, 'warm-up');
  const { floor = 0, toleranceShare = 0.01, leastSettledShare = 0.5 } = o;
  requireWithin(0, n, floor, 'floor');
  requireWithin(0, 1, toleranceShare, 'tolerance');
  requireWithin(Number.EPSILON, 1, leastSettledShare, 'least settled share');
  const batchSize = Math.max(LEAST_BATCH, Math.floor(n / BATCHES));
  const medians = batchMedians(series, batchSize);
  const segments = changePoints(medians);
  const last = segments[segments.length - 1] as Segment;
  const tolerance = Math.max(toleranceShare * Math.abs(last.mean), noiseScale(medians).sd);
  let first = segments.length - 1;
  while (first > 0 && Math.abs((segments[first - 1] as Segment).mean - last.mean) <= tolerance) first--;
  const start = (segments[first] as Segment).start * batchSize;
  const levels = segments.map(({ start, end, mean }) => ({
    start: start * batchSize,
    end: end === medians.length ? n : end * batchSize,
    mean,
  }));
  if (n - start < leastSettledShare * n) return { kind: 'never-settles', lastChange: start, batchSize, levels };
  return { kind: 'settled', index: Math.max(start, Math.ceil(floor)), batchSize, levels };
}

const BATCHES = 200;
const LEAST_BATCH = 5;

/** The rest that fills no batch joins the last one. */
function batchMedians(series: Samples, batchSize: number): Float64Array {
  const batches = Math.floor(series.length / batchSize);
  return Float64Array.from({ length: batches }, (_, i) =>
    median(series.subarray(i * batchSize, i === batches - 1 ? series.length : (i + 1) * batchSize)),
  );
}
