import { requireAtLeast } from './errors.ts';
import type { Moments } from './summary.ts';
import { pooledTTest } from './t-test.ts';

/** Cohen's d: mean difference treated − baseline in pooled standard deviations.
 * @param baseline, treated moments, n ≥ 2, equal units
 * @returns dimensionless; 0 where the means are equal, ±Infinity where they differ without any variance
 * @throws StatsError sample-too-small
 * Time O(1). Source: Cohen 1988. Oracle: closed form. */
export function cohensD(baseline: Moments, treated: Moments): number {
  const difference = treated.mean - baseline.mean;
  return difference === 0 ? 0 : difference / pooledTTest(baseline, treated).pooledSd;
}

/** Cliff's delta: P(treated > baseline) − P(treated < baseline), from Mann–Whitney's U of the treated arm.
 * @param u pairs in which treated is larger, ties half; @param nBaseline, nTreated ≥ 1
 * @returns in [−1, 1]
 * @throws StatsError sample-too-small
 * Time O(1). Source: Cliff 1993. Oracle: closed form. */
export function cliffsDelta(u: number, nBaseline: number, nTreated: number): number {
  requireAtLeast(1, nBaseline, "Cliff's delta, baseline");
  requireAtLeast(1, nTreated, "Cliff's delta, treated");
  return (2 * u) / (nBaseline * nTreated) - 1;
}
