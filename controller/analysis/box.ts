/** Tukey's boxplot of sorted samples. */

import { quantile } from '../stats/quantile.ts';
import type { SortedSamples } from '../stats/samples.ts';
import { type TukeyWhiskers, tukeyWhiskers } from '../stats/tukey.ts';

/** five numbers, whiskers and some of the outliers */
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
  /** at most 200, evenly by rank over all of them, the furthest of each side among them; ascending */
  readonly outliersNs: readonly number[];
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
    outliersNs: someOutliers(sorted, whiskers),
  };
}

const MAX_OUTLIERS = 200;

/** The furthest alone would hide outliers near the box where others lie far beyond it. */
function someOutliers(sorted: SortedSamples, { outliersBelow, outliersAbove }: TukeyWhiskers): readonly number[] {
  const all = outliersBelow + outliersAbove;
  const shown = Math.min(MAX_OUTLIERS, all);
  const at = (rank: number) => (rank < outliersBelow ? rank : sorted.length - all + rank);
  return Array.from({ length: shown }, (_, i) => {
    const rank = shown < 2 ? i : Math.round((i * (all - 1)) / (shown - 1));
    return sorted[at(rank)] as number;
  });
}
