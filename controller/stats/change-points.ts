import { requireAtLeast, requireWithin } from './errors.ts';
import { quantile } from './quantile.ts';
import { sortInPlace } from './samples.ts';

export interface Segment {
  /** first index */
  readonly start: number;
  /** first index behind it */
  readonly end: number;
  readonly mean: number;
}

export interface ChangePointOptions {
  /** what one more change must save, in noise variances; default 3 ln n (a flat series of 200 values is split in 0, 4 and 12 % of
   * cases at lag-1 correlation 0, 0.3 and 0.6) */
  readonly penalty?: number;
  /** values in the shortest segment, ≥ 1; default 2 */
  readonly minLength?: number;
  /** sd of the noise as it acts on means; default noiseScale of the series */
  readonly noiseSd?: number;
}

/** Where the mean of a series changes.
 * @param series in time order, ≥ 4 values; outliers count in full, so give medians of batches rather than requests
 * @returns segments in order, covering the series; a single one where nothing changes (and where nothing varies)
 * @throws StatsError sample-too-small | bad-argument
 * Pruned exact linear time search for the segmentation of least Σ(x − segment mean)²/noise² + penalty per change: the optimum, not greedy.
 * Time O(n) with many changes, O(n²) with none; n is meant to be some hundreds.
 * Source: Killick, Fearnhead & Eckley 2012 (PELT). Oracle: exhaustive search. */
export function changePoints(series: Float64Array, o: ChangePointOptions = {}): readonly Segment[] {
  const n = series.length;
  requireAtLeast(4, n, 'change points');
  const { penalty = 3 * Math.log(n), minLength = 2, noiseSd = noiseScale(series).longRunSd } = o;
  requireWithin(0, Number.MAX_VALUE, penalty, 'penalty');
  requireWithin(1, n, minLength, 'least length');
  requireWithin(0, Number.MAX_VALUE, noiseSd, 'noise');
  const prefix = prefixSums(series);
  const lastStart = search(n, penalty * noiseSd * noiseSd, minLength, (from, to) => cost(prefix, from, to));
  const segments: Segment[] = [];
  for (let end = n; end > 0; end = lastStart[end] as number) {
    const start = lastStart[end] as number;
    const sum = (prefix.sum[end] as number) - (prefix.sum[start] as number);
    segments.unshift({ start, end, mean: prefix.centre + sum / (end - start) });
  }
  return segments;
}

export interface NoiseScale {
  /** of one value about its local level */
  readonly sd: number;
  /** lag-1 autocorrelation of the noise, in [0, 0.9] */
  readonly rho: number;
  /** √n times the standard error of a mean of n values: sd · √((1 + ρ)/(1 − ρ)) */
  readonly longRunSd: number;
}

/** Scale and autocorrelation of a series' noise, whatever changes and outliers it has.
 * @param series in time order, ≥ 4 values
 * @returns in the series' unit; all 0 for a constant series
 * @throws StatsError sample-too-small
 * Medians of |differences| at lags 1 and 2, read as AR(1): a change touches few differences, and medians do not see them.
 * Time O(n log n). Source: Chakar, Lebarbier, Lévy-Leduc & Robin 2017, eq. 5. Oracle: simulation of AR(1). */
export function noiseScale(series: Float64Array): NoiseScale {
  requireAtLeast(4, series.length, 'noise scale');
  const near = medianDistance(series, 1);
  const far = medianDistance(series, 2);
  if (near === 0) return { sd: 0, rho: 0, longRunSd: 0 };
  const rho = Math.max(0, Math.min(0.9, (far * far) / (near * near) - 1));
  const sd = near / NORMAL_MEDIAN / Math.sqrt(2 * (1 - rho));
  return { sd, rho, longRunSd: sd * Math.sqrt((1 + rho) / (1 - rho)) };
}

/** median of |Z| */
const NORMAL_MEDIAN = 0.6744897501960817;

function medianDistance(series: Float64Array, lag: number): number {
  const distances = Float64Array.from({ length: series.length - lag }, (_, i) =>
    Math.abs((series[i + lag] as number) - (series[i] as number)),
  );
  return quantile(sortInPlace(distances), 0.5);
}

interface PrefixSums {
  readonly centre: number;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
}

function prefixSums(series: Float64Array): PrefixSums {
  const centre = quantile(sortInPlace(series.slice()), 0.5);
  const sum = new Float64Array(series.length + 1);
  const squares = new Float64Array(series.length + 1);
  series.forEach((value, i) => {
    const d = value - centre;
    sum[i + 1] = (sum[i] as number) + d;
    squares[i + 1] = (squares[i] as number) + d * d;
  });
  return { centre, sum, squares };
}

function cost({ sum, squares }: PrefixSums, from: number, to: number): number {
  const part = (sum[to] as number) - (sum[from] as number);
  return Math.max(0, (squares[to] as number) - (squares[from] as number) - (part * part) / (to - from));
}

/** For every end the start of its last segment in the best segmentation up to there. */
function search(
  n: number,
  penalty: number,
  minLength: number,
  costOf: (from: number, to: number) => number,
): Int32Array {
  const best = new Float64Array(n + 1).fill(Infinity);
  const lastStart = new Int32Array(n + 1);
  best[0] = -penalty;
  const beaten = new Int32Array(n + 1).fill(n + 1);
  let candidates: number[] = [];
  for (let end = minLength; end <= n; end++) {
    const newest = end - minLength;
    if (newest === 0 || newest >= minLength) candidates.push(newest);
    for (const start of candidates) {
      const total = (best[start] as number) + costOf(start, end) + penalty;
      if (total >= (best[end] as number)) continue;
      best[end] = total;
      lastStart[end] = start;
    }
    for (const start of candidates) {
      if ((best[start] as number) + costOf(start, end) > (best[end] as number)) {
        beaten[start] = Math.min(beaten[start] as number, end);
      }
    }
    // beaten at `end`, a start stays so only where a whole segment fits in behind `end`
    candidates = candidates.filter((start) => (beaten[start] as number) + minLength > end + 1);
  }
  return lastStart;
}
