import { lnIncompleteBeta } from './beta.ts';
import { requireWithin } from './errors.ts';
import type { TwoSidedP } from './student.ts';

/** P(F ≥ f), natural and as log10 (an F test has one side only).
 * @param f ≥ 0, may be Infinity; @param df1, df2 > 0, need not be whole
 * @throws StatsError bad-argument | no-convergence
 * P = I_y(df₂/2, df₁/2) with y = df₂/(df₂ + df₁·f). Relative error below 1e-11. Source: DLMF 8.17. Oracle: scipy.stats.f, mpmath. */
export function fUpperTail(f: number, df1: number, df2: number): TwoSidedP {
  requireWithin(0, Infinity, f, 'F');
  requireWithin(Number.MIN_VALUE, Number.MAX_VALUE, df1, 'df1');
  requireWithin(Number.MIN_VALUE, Number.MAX_VALUE, df2, 'df2');
  if (f === Infinity) return { p: 0, log10P: -Infinity };
  const scale = df2 + df1 * f;
  const lnP = lnIncompleteBeta(df2 / scale, (df1 * f) / scale, df2 / 2, df1 / 2);
  return { p: Math.exp(lnP), log10P: lnP / Math.LN10 };
}
