/** The difference of one shift between two studies. */

import type { Estimate, Results } from '../analysis/results.ts';
import { tQuantile } from '../stats/student.ts';
import { minimumDetectableEffect } from '../stats/study-size.ts';
import { type GroupMean, welchContrast } from '../stats/two-way.ts';
import type { Difference } from './types.ts';

export const CONFIDENCE = 0.95;

/** Shift in B less shift in A, each with the standard error and degrees of freedom of its own interval.
 * @param a, b shifts whose units are process starts
 * @param levels two-sided level each interval was drawn at (levelOf)
 * @returns all but p after Holm, which needs the other cells
 * Assumes the studies are independent of each other: other process starts at another time. Welch's contrast, so neither their variances
 * nor their numbers of forks need to be equal. Oracle: scipy.stats.ttest_ind(equal_var=False) over the forks' means. */
export function differenceOf(
  a: Estimate,
  b: Estimate,
  levels: { readonly a: number; readonly b: number },
): Omit<Difference, 'pHolm'> {
  const groups = [groupMean(b, levels.b), groupMean(a, levels.a)];
  const { estimate, low, high, standardError, df, p } = welchContrast(groups, [1, -1], CONFIDENCE);
  return {
    ...{ estimateNs: estimate, lowNs: low, highNs: high, confidence: CONFIDENCE },
    ...{ standardErrorNs: standardError, df, p },
    minimumDetectableNs: minimumDetectableEffect(standardError, df, { pilotDf: df }),
  };
}

/** a study that was looked at more than once has drawn its intervals at a smaller level than 0.05 */
export function levelOf({ study }: Results): number {
  return study.until?.level ?? 1 - CONFIDENCE;
}

/** the interval's t-quantile taken off again: the contract has intervals, not standard errors */
function groupMean({ estimateNs, lowNs, highNs, units }: Estimate, level: number): GroupMean {
  const df = units - 1;
  return { mean: estimateNs, standardError: (highNs - lowNs) / 2 / tQuantile(1 - level / 2, df), df };
}
