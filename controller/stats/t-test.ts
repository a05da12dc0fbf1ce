import { requireAtLeast } from './errors.ts';
import { tTwoSidedP } from './student.ts';
import type { Moments } from './summary.ts';

export interface TTestResult {
  readonly t: number;
  readonly df: number;
  readonly p: number;
  readonly log10P: number;
}

/** Student's two-sample t-test with pooled variance: the paper's test.
 * @param baseline, treated moments of each arm, n ≥ 2, equal units
 * @returns t of treated − baseline, df = n₁ + n₂ − 2, two-sided p and log10 p, pooled sd in the samples' unit;
 *   t is 0 where both means are equal and ±Infinity where they differ without any variance
 * @throws StatsError sample-too-small
 * Assumes independent samples and equal variances: latency series break the first, so no verdict rests on it.
 * Time O(1). Source: Student 1908. Oracle: scipy.stats.ttest_ind. */
export function pooledTTest(baseline: Moments, treated: Moments): TTestResult & { readonly pooledSd: number } {
  requireTwo(baseline, treated);
  const df = baseline.n + treated.n - 2;
  const pooledVariance = ((baseline.n - 1) * baseline.variance + (treated.n - 1) * treated.variance) / df;
  const standardError = Math.sqrt(pooledVariance * (1 / baseline.n + 1 / treated.n));
  const t = tOf(treated.mean - baseline.mean, standardError);
  return { t, df, ...tTwoSidedP(t, df), pooledSd: Math.sqrt(pooledVariance) };
}

/** Welch's t-test: as the pooled one without equal variances.
 * @param baseline, treated moments of each arm, n ≥ 2, equal units
 * @returns t of treated − baseline, Welch–Satterthwaite df, two-sided p and log10 p
 * @throws StatsError sample-too-small
 * Time O(1). Source: Welch 1947. Oracle: scipy.stats.ttest_ind(equal_var=False). */
export function welchTTest(baseline: Moments, treated: Moments): TTestResult {
  requireTwo(baseline, treated);
  const a = baseline.variance / baseline.n;
  const b = treated.variance / treated.n;
  const spread = (a * a) / (baseline.n - 1) + (b * b) / (treated.n - 1);
  const df = spread > 0 ? (a + b) ** 2 / spread : baseline.n + treated.n - 2;
  const t = tOf(treated.mean - baseline.mean, Math.sqrt(a + b));
  return { t, df, ...tTwoSidedP(t, df) };
}

function requireTwo(baseline: Moments, treated: Moments): void {
  requireAtLeast(2, baseline.n, 't-test, baseline');
  requireAtLeast(2, treated.n, 't-test, treated');
}

function tOf(difference: number, standardError: number): number {
  return difference === 0 ? 0 : difference / standardError;
}
