/** How one arm's latencies are distributed, for the report's figures: box, distribution function with its tail, histogram. */

import { quantile } from '../stats/quantile.ts';
import { type SortedSamples, sortedCopy } from '../stats/samples.ts';
import { type BoxSeries, boxOf } from './box.ts';
import { effectiveN } from './distribution.ts';
import { figureCell, type Place } from './figure-cell.ts';
import { type Bins, binsFor, countsIn } from './histogram-bins.ts';
import type { StudyRecord } from './record.ts';
import type { Design } from './results.ts';
import { armSamples } from './select.ts';
import { warmupOf } from './warmup.ts';

export interface ArmShape {
  /** index of the arm */
  readonly arm: number;
  readonly box: BoxSeries;
  readonly ecdf: EcdfSeries;
  readonly histogram: HistogramSeries;
}

/** Empirical distribution function, with 95 % bands that count the correlation between requests in. */
export interface EcdfSeries {
  /** share of requests at or below ns, ascending; the body */
  readonly body: readonly { readonly share: number; readonly ns: number }[];
  /** half-width of the body's band (all points together); null where the correlation is not known */
  readonly bandShare: number | null;
  /** share of requests above ns, from a half down to the last request; log-spaced */
  readonly tail: readonly TailPoint[];
}

export interface TailPoint {
  readonly share: number;
  readonly ns: number;
  /** interval of the share at this latency; null where the correlation is not known */
  readonly lowShare: number | null;
  readonly highShare: number | null;
}

/** counts[i] of the requests lie in [fromNs + i·widthNs, + widthNs); the same bins for every arm of a cell */
export interface HistogramSeries extends Bins {
  readonly n: number;
  readonly counts: readonly number[];
  /** outside all bins */
  readonly below: number;
  readonly above: number;
}

/** Distributions of the measured samples of a cell's arms.
 * @param arms indexes; those without samples are left out
 * Time O(n log n), one sorted copy of each arm's samples at a time and all of them until the bins are known. */
export function shapeSeries(
  study: StudyRecord,
  sut: string,
  design: Design,
  arms: readonly number[],
  at: Place = {},
): readonly ArmShape[] {
  const cell = figureCell(study, sut, design, at);
  if (!cell) return [];
  const { forks } = warmupOf(study, cell);
  const known = arms.flatMap((arm) => {
    const samples = armSamples(cell, arm, forks);
    if (samples.latencyNs.length === 0) return [];
    return [{ arm, sorted: sortedCopy(samples.latencyNs), effective: effectiveN(samples) }];
  });
  const bins = binsFor(known.map(({ sorted }) => sorted));
  return known.map(({ arm, sorted, effective }) => ({
    arm,
    box: boxOf(sorted),
    ecdf: ecdfOf(sorted, effective),
    histogram: { ...bins, n: sorted.length, ...countsIn(sorted, bins) },
  }));
}

const BODY_POINTS = 100;
const TAIL_POINTS_PER_DECADE = 10;
const Z = 1.959964;

/** Body: Dvoretzky–Kiefer–Wolfowitz's band (Massart 1990) with the effective number of samples. Tail: Wilson's interval of each share. */
function ecdfOf(sorted: SortedSamples, effective: number | null): EcdfSeries {
  const body = Array.from({ length: BODY_POINTS + 1 }, (_, i) => {
    const share = i / BODY_POINTS;
    return { share, ns: quantile(sorted, share) };
  });
  const last = Math.log10(sorted.length) * TAIL_POINTS_PER_DECADE;
  const shares = Array.from({ length: Math.max(0, Math.floor(last) - 2) }, (_, i) => {
    return 10 ** -((i + 3) / TAIL_POINTS_PER_DECADE);
  });
  const tail = [...new Set([...shares, 1 / sorted.length])]
    .filter((share) => share <= 0.5)
    .map((share): TailPoint => {
      const point = { share, ns: quantile(sorted, 1 - share) };
      return effective === null
        ? { ...point, lowShare: null, highShare: null }
        : { ...point, ...wilson(share, effective) };
    });
  return { body, bandShare: effective === null ? null : Math.sqrt(Math.log(2 / 0.05) / (2 * effective)), tail };
}

/** Wilson 1927: never below 0, also where hardly a request is left. */
function wilson(share: number, n: number): { readonly lowShare: number; readonly highShare: number } {
  const scale = 1 + Z ** 2 / n;
  const middle = (share + Z ** 2 / (2 * n)) / scale;
  const reach = (Z * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n * n))) / scale;
  return { lowShare: Math.max(0, middle - reach), highShare: Math.min(1, middle + reach) };
}
