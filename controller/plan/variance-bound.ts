/** How large the true variance may be, given one estimate of it. */

import { chiSquareQuantile } from '../stats/chi-square.ts';

/** Upper one-sided confidence bound of a variance: value · df / χ²₁₋share,df.
 * @param value ≥ 0; @param df > 0, need not be whole; @param share in (0, 1), e.g. 0.8; below 0.5 it is a lower bound
 * Source of its use for planning: Browne 1995. */
export function varianceBound(value: number, df: number, share: number): number {
  return (value * df) / chiSquareQuantile(1 - share, df);
}
