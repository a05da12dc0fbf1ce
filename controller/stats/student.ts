import cdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantileOf from '@stdlib/stats-base-dists-t-quantile';
import { lnIncompleteBeta } from './beta.ts';
import { requireWithin } from './errors.ts';

export interface TwoSidedP {
  readonly p: number;
  /** finite also where p underflows to 0 */
  readonly log10P: number;
}

/** P(T ≤ t) of Student's t.
 * @param t any number; @param df > 0, need not be whole
 * @throws StatsError bad-argument
 * Source: @stdlib. Oracle: scipy. */
export function tCdf(t: number, df: number): number {
  requireWithin(Number.MIN_VALUE, Number.MAX_VALUE, df, 'df');
  return cdf(t, df);
}

/** The t with P(T ≤ t) = p.
 * @param p in (0, 1); @param df > 0
 * @throws StatsError bad-argument
 * Source: @stdlib. Oracle: scipy. */
export function tQuantile(p: number, df: number): number {
  requireWithin(Number.MIN_VALUE, 1 - Number.EPSILON / 2, p, 'p');
  requireWithin(Number.MIN_VALUE, Number.MAX_VALUE, df, 'df');
  return tQuantileOf(p, df);
}

/** P(|T| ≥ |t|), natural and as log10.
 * @param t may be ±Infinity (p = 0, log10P = −Infinity); @param df > 0
 * @throws StatsError bad-argument | no-convergence
 * P = I_x(df/2, 1/2) with x = df/(df + t²). Oracle: scipy, mpmath where scipy underflows. */
export function tTwoSidedP(t: number, df: number): TwoSidedP {
  requireWithin(Number.MIN_VALUE, Number.MAX_VALUE, df, 'df');
  if (!Number.isFinite(t)) return { p: 0, log10P: -Infinity };
  const square = t * t;
  const lnP = lnIncompleteBeta(df / (df + square), square / (df + square), df / 2, 0.5);
  return { p: Math.exp(lnP), log10P: lnP / Math.LN10 };
}
