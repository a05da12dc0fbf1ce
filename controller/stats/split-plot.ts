import { requireAtLeast, StatsError } from './errors.ts';
import { fUpperTail } from './f-tail.ts';
import type { FTest } from './two-way.ts';

export interface SplitPlot extends FTest {
  /** Greenhouse & Geisser's, in [1/arms, 1]: the degrees of freedom are those of equal variances times this */
  readonly epsilon: number;
}

/** Does what the arms add depend on the group, where all arms of a unit share one baseline?
 * @param groups groups[condition][unit] = one difference treated − baseline per arm; ≥ 2 groups, ≥ 1 unit each and ≥ 2 in one, ≥ 1 arm
 * @returns F of the interaction of arm (baseline included) and group, with corrected degrees of freedom
 * @throws StatsError sample-too-small | length-mismatch | no-convergence (no variance at all)
 * Differences with one baseline are correlated (0.5 where all arms vary alike), which `twoWay` takes for independence. Here the arms of a unit are repeated
 * measures: between units only the groups are compared, and the error is arms × units within groups. With one arm it is the one-way analysis of variance.
 * Assumes independent units and one covariance for all groups. Time O(n · arms + arms²·n). Source: Winer, Brown & Michels 1991 ch. 7; Greenhouse & Geisser 1959.
 * Oracle: closed form with one arm; simulation. */
export function splitPlot(groups: readonly (readonly Float64Array[])[]): SplitPlot {
  requireAtLeast(2, groups.length, 'split plot, groups');
  const arms = groups[0]?.[0]?.length ?? 0;
  requireAtLeast(1, arms, 'split plot, arms');
  for (const units of groups) {
    requireAtLeast(1, units.length, 'split plot, a group');
    if (units.some((unit) => unit.length !== arms)) throw new StatsError('length-mismatch', 'units differ in arms');
  }
  const centred = groups.map((units) => units.map(centre));
  const units = groups.reduce((sum, group) => sum + group.length, 0);
  requireAtLeast(groups.length + 1, units, 'split plot, units');
  const grand = meanOf(centred.flat());
  const own = centred.map(meanOf);
  const between = sum(own.map((mean, g) => (centred[g]?.length ?? 0) * squaredDistance(mean, grand)));
  const residuals = centred.flatMap((group, g) => group.map((unit) => minus(unit, own[g] as Float64Array)));
  const within = sum(residuals.map((unit) => sum([...unit.map((value) => value * value)])));
  if (!(within > 0)) throw new StatsError('no-convergence', 'no unit varies: nothing to compare the means with');
  const epsilon = sphericity(residuals, arms);
  const f = between / (groups.length - 1) / (within / (units - groups.length));
  const df1 = epsilon * arms * (groups.length - 1);
  const df2 = epsilon * arms * (units - groups.length);
  return { f, df1, df2, ...fUpperTail(f, df1, df2), epsilon };
}

/** the baseline's 0 before the differences, all about their mean: what is left is how arms differ within the unit */
function centre(differences: Float64Array): Float64Array {
  const all = Float64Array.of(0, ...differences);
  const mean = sum([...all]) / all.length;
  return all.map((value) => value - mean);
}

/** tr(S)² / (arms · tr(S²)) of the residuals' covariance; its scale cancels */
function sphericity(residuals: readonly Float64Array[], arms: number): number {
  let trace = 0;
  let squares = 0;
  for (let i = 0; i <= arms; i++) {
    for (let j = 0; j <= arms; j++) {
      const covariance = sum(residuals.map((unit) => (unit[i] as number) * (unit[j] as number)));
      if (i === j) trace += covariance;
      squares += covariance * covariance;
    }
  }
  return Math.min(1, (trace * trace) / (arms * squares));
}

function meanOf(vectors: readonly Float64Array[]): Float64Array {
  const length = vectors[0]?.length ?? 0;
  return Float64Array.from({ length }, (_, i) => sum(vectors.map((vector) => vector[i] as number)) / vectors.length);
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - (b[i] as number));
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  return sum([...minus(a, b).map((value) => value * value)]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
