import { autocorrelation } from './autocorrelation.ts';
import { requireAtLeast } from './errors.ts';
import type { Samples } from './samples.ts';

export interface EffectiveSampleSize {
  readonly n: number;
  /** so many independent samples would tell the mean as well; above n where neighbours alternate */
  readonly effective: number;
  /** n / effective: 1 + 2 Σ ρ, the factor by which the variance of the mean exceeds that of independent samples */
  readonly inefficiency: number;
  /** the last lag that was summed */
  readonly lastLag: number;
}

/** Effective sample size of an autocorrelated series, for its mean.
 * @param series in time order, ≥ 4 values
 * @returns n, effective size, inefficiency and the lag the sum ended at; a constant series counts fully
 * @throws StatsError sample-too-small
 * Geyer's initial monotone sequence: sums of neighbouring autocorrelations are added while they are positive, each held below the one before.
 * Assumes a stationary series: a trend or a step counts as autocorrelation. Time O(n log n), five copies.
 * Source: Geyer 1992. Oracle: the same rule over numpy.correlate; (1 − ρ)/(1 + ρ) of AR(1). */
export function effectiveSampleSize(series: Samples): EffectiveSampleSize {
  const n = series.length;
  requireAtLeast(4, n, 'effective sample size');
  const rho = autocorrelation(series, n - 1);
  let sum = 0;
  let ceiling = Infinity;
  let lag = 0;
  for (; lag + 1 < n; lag += 2) {
    const pair = (rho[lag] as number) + (rho[lag + 1] as number);
    if (!(pair > 0)) break;
    ceiling = Math.min(ceiling, pair);
    sum += ceiling;
  }
  const inefficiency = Math.max(2 * sum - 1, 1 / n);
  return { n, effective: n / inefficiency, inefficiency, lastLag: Math.max(0, lag - 1) };
}
