import { requireWithin } from './errors.ts';
import { tCdf } from './student.ts';

export interface Tost {
  /** the larger of the two one-sided p-values: below alpha, |true mean| < margin is claimed */
  readonly p: number;
}

/** Two one-sided tests: is the mean within ±margin?
 * @param estimate with mean, its standard error and df, as from meanInterval
 * @param margin > 0, the mean's unit
 * @returns p; p < 0.05 is the same as the 90 % interval lying within the margin
 * @throws StatsError bad-argument
 * Time O(1). Source: Schuirmann 1987. Oracle: two scipy.stats.ttest_1samp. */
export function tost(
  estimate: { readonly mean: number; readonly standardError: number; readonly df: number },
  margin: number,
): Tost {
  requireWithin(Number.MIN_VALUE, Number.MAX_VALUE, margin, 'margin');
  const { mean, standardError, df } = estimate;
  const nearer = margin - Math.abs(mean);
  if (standardError === 0) return { p: nearer > 0 ? 0 : 1 };
  return { p: tCdf(-nearer / standardError, df) };
}
