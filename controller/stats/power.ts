import { requireAtLeast, requireWithin } from './errors.ts';
import { lnGamma } from './gamma.ts';
import { normalCdf } from './normal.ts';
import { tQuantile } from './student.ts';

/** Power of the two-sided one-sample t-test over units.
 * @param noncentrality true mean / standard error of the mean
 * @param df units − 1, ≥ 1; @param alpha in (0, 1)
 * @returns probability of |T| > t₁₋α/₂ under the noncentral t
 * @throws StatsError sample-too-small | bad-argument
 * Exact up to quadrature: T = (Z + δ)/s, so P is the mean over s = √(χ²/df) of two normal tails, by Simpson's rule
 * with steps well below the tails' width 1/t₁₋α/₂ (absolute error below 1e-9). Time O(t₁₋α/₂): some 400 steps at large df, 2,500 at df = 1.
 * Above 10⁶ degrees of freedom s is taken as 1 (error below 1e-6). Source: Johnson, Kotz & Balakrishnan 1995 ch. 31.
 * Oracle: scipy.stats.nct. */
export function tTestPower(noncentrality: number, df: number, alpha = 0.05): number {
  requireAtLeast(1, df, 'power, degrees of freedom');
  requireWithin(Number.EPSILON, 1 - Number.EPSILON, alpha, 'alpha');
  const critical = tQuantile(1 - alpha / 2, df);
  if (df > NORMAL_FROM_DF) return normalCdf(noncentrality - critical) + normalCdf(-noncentrality - critical);
  const reach = 12 / Math.sqrt(2 * df);
  const from = Math.max(0, 1 - reach);
  const steps = 2 * Math.ceil(100 * critical);
  const step = (1 + reach - from) / steps;
  const lnScale = Math.LN2 + (df / 2) * Math.log(df / 2) - lnGamma(df / 2);
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const s = from + i * step;
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    const lnDensity = lnScale - (df * s * s) / 2 + (df > 1 ? (df - 1) * Math.log(s) : 0);
    const rejected = normalCdf(noncentrality - critical * s) + normalCdf(-noncentrality - critical * s);
    sum += weight * Math.exp(lnDensity) * rejected;
  }
  return Math.min(1, (sum * step) / 3);
}

const NORMAL_FROM_DF = 1e6;
