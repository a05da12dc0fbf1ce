/** How large the true variance may be, given one estimate of it. */

import { normalQuantile } from '../stats/normal-quantile.ts';

/** Upper one-sided confidence bound of a variance: value · df / χ²₁₋share,df.
 * @param value ≥ 0; @param df > 0, need not be whole; @param share in (0, 1), e.g. 0.8; below 0.5 it is a lower bound
 * χ² by Wilson & Hilferty's (1931) cube, within 2 % from 3 degrees of freedom on at 0.1 … 0.9. Source of its use for planning: Browne 1995. */
export function varianceBound(value: number, df: number, share: number): number {
  const spread = 2 / (9 * df);
  const cube = Math.max(LEAST_CUBE, 1 - spread + normalQuantile(1 - share) * Math.sqrt(spread));
  return value / cube ** 3;
}

const LEAST_CUBE = 0.1;
