import { requireAtLeast } from './errors.ts';
import { fUpperTail } from './f-tail.ts';
import type { Samples } from './samples.ts';
import { mean } from './summary.ts';

export interface OneWayAnova {
  readonly msBetween: number;
  readonly msWithin: number;
  /** 0 where the groups do not differ at all, Infinity where only they do */
  readonly f: number;
  readonly dfBetween: number;
  readonly dfWithin: number;
  readonly p: number;
  /** finite also where p underflows to 0 */
  readonly log10P: number;
}

/** One-way analysis of variance: do the groups' means differ by more than their values do?
 * @param groups ≥ 2 groups of ≥ 1 value, more values than groups in all
 * @returns mean squares, F, df, p and log10 p
 * @throws StatsError sample-too-small
 * Assumes independent, near-normal values of equal variance. Time O(n). Source: Fisher 1925. Oracle: scipy.stats.f_oneway. */
export function oneWayAnova(groups: readonly Samples[]): OneWayAnova {
  requireAtLeast(2, groups.length, 'ANOVA, groups');
  const n = groups.reduce((sum, group) => sum + group.length, 0);
  requireAtLeast(groups.length + 1, n, 'ANOVA, values');
  const means = groups.map((group) => mean(group));
  const grand = groups.reduce((sum, group, i) => sum + group.length * (means[i] as number), 0) / n;
  let between = 0;
  let within = 0;
  groups.forEach((group, i) => {
    const own = means[i] as number;
    between += group.length * (own - grand) ** 2;
    for (const value of group) within += (value - own) ** 2;
  });
  const dfBetween = groups.length - 1;
  const dfWithin = n - groups.length;
  const msBetween = between / dfBetween;
  const msWithin = within / dfWithin;
  const f = msBetween === 0 ? 0 : msBetween / msWithin;
  return { msBetween, msWithin, f, dfBetween, dfWithin, ...fUpperTail(f, dfBetween, dfWithin) };
}
