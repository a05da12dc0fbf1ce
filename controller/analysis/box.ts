/** Tukey's boxplot of sorted samples. */

import { quantile } from '../stats/quantile.ts';
import type { SortedSamples } from '../stats/samples.ts';
import { type TukeyWhiskers, tukeyWhiskers } from '../stats/tukey.ts';

/** five numbers, whiskers and the outliers furthest out */
export interface BoxSeries {
  readonly n: number;
  readonly minNs: number;
  readonly q1Ns: number;
  readonly medianNs: number;
  readonly q3Ns: number;
  readonly maxNs: number;
  readonly whiskerLowNs: number;
  readonly whiskerHighNs: number;
  readonly outliers: number;
  /** at most 200, the furthest from the whiskers, ascending */
  readonly extremeOutliersNs: readonly number[];
}

/** Tukey's boxplot (the paper's figure 4).
 * @param sorted ≥ 1 samples, ns
 * Time O(1). */
export function boxOf(sorted: SortedSamples): BoxSeries {
  const whiskers = tukeyWhiskers(sorted);
  return {
    n: sorted.length,
    minNs: quantile(sorted, 0),
    q1Ns: whiskers.q1,
    medianNs: quantile(sorted, 0.5),
    q3Ns: whiskers.q3,
    maxNs: quantile(sorted, 1),
    whiskerLowNs: whiskers.low,
    whiskerHighNs: whiskers.high,
    outliers: whiskers.outliersBelow + whiskers.outliersAbove,
    extremeOutliersNs: extremes(sorted, whiskers),
  };
}

const MAX_OUTLIERS = 200;

function extremes(
  sorted: SortedSamples,
  { low, high, outliersBelow, outliersAbove }: TukeyWhiskers,
): readonly number[] {
  let below = 0;
  let above = 0;
  const at = (index: number) => sorted[index] as number;
  while (below + above < Math.min(MAX_OUTLIERS, outliersBelow + outliersAbove)) {
    const downwards = below < outliersBelow ? low - at(below) : -1;
    const upwards = above < outliersAbove ? at(sorted.length - 1 - above) - high : -1;
    if (upwards >= downwards) above++;
    else below++;
  }
  return [...sorted.slice(0, below), ...sorted.slice(sorted.length - above)];
}
