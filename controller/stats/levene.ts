import { type OneWayAnova, oneWayAnova } from './anova.ts';
import { requireAtLeast } from './errors.ts';
import { median } from './quantile.ts';
import type { Samples } from './samples.ts';
import { mean } from './summary.ts';

/** Levene's test: do the groups spread equally? An analysis of variance of the distances from each group's centre.
 * @param groups ≥ 2 groups of ≥ 1 value, more values than groups in all
 * @param center 'median' is Brown & Forsythe's form, which heavy tails do not mislead; 'mean' is Levene's own
 * @returns F (Levene's W), df, p and log10 p
 * @throws StatsError sample-too-small
 * Assumes independent values. Time O(n log n) for 'median', O(n) for 'mean'; one copy.
 * Source: Levene 1960, Brown & Forsythe 1974. Oracle: scipy.stats.levene. */
export function levene(groups: readonly Samples[], center: 'median' | 'mean' = 'median'): OneWayAnova {
  return oneWayAnova(
    groups.map((group) => {
      requireAtLeast(1, group.length, 'Levene, group');
      const middle = center === 'median' ? median(group) : mean(group);
      return Float64Array.from(group, (value) => Math.abs(value - middle));
    }),
  );
}
