import { requireAtLeast, requireWithin } from './errors.ts';
import { tQuantile, tTwoSidedP } from './student.ts';
import { moments } from './summary.ts';

export interface MeanInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  /** of one unit, n − 1 */
  readonly sd: number;
  readonly df: number;
  readonly units: number;
  /** two-sided, of the mean against 0 */
  readonly p: number;
  readonly log10P: number;
  readonly confidence: number;
}

/** t-interval of a mean over independent units; over paired block differences it is the paired block t-test.
 * @param units one value per unit (a block's or a fork's treated − baseline), ≥ 2
 * @param confidence in (0, 1)
 * @returns mean with interval, standard error, df = n − 1, p against zero;
 *   without any variance the interval is the point, p is 1 at 0 and 0 elsewhere
 * @throws StatsError sample-too-small | bad-argument
 * Assumes independent units, and few or near-normal ones or many. Time O(n).
 * Source: Student 1908. Oracle: scipy.stats.ttest_1samp and its confidence_interval. */
export function meanInterval(units: Float64Array, confidence: number): MeanInterval {
  requireAtLeast(2, units.length, 'interval of a mean');
  requireWithin(Number.EPSILON, 1 - Number.EPSILON, confidence, 'confidence');
  const { n, mean, sd } = moments(units);
  const df = n - 1;
  const standardError = sd / Math.sqrt(n);
  const reach = standardError * tQuantile(0.5 + confidence / 2, df);
  const { p, log10P } = tTwoSidedP(mean === 0 ? 0 : mean / standardError, df);
  return { mean, low: mean - reach, high: mean + reach, standardError, sd, df, units: n, p, log10P, confidence };
}
