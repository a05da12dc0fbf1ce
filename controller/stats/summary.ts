import { requireAtLeast } from './errors.ts';
import type { Samples } from './samples.ts';

export interface Moments {
  readonly n: number;
  readonly mean: number;
  /** n − 1 in the denominator; 0 where n = 1 */
  readonly variance: number;
  readonly sd: number;
}

/** Mean, variance and sd of a sample, in the samples' unit.
 * @param samples ≥ 1 values; the variance of a single one is 0
 * @returns n, mean, variance (n − 1), sd
 * @throws StatsError sample-too-small
 * Corrected two-pass algorithm: the second pass subtracts the mean and removes the first pass's rounding error.
 * Time O(n), no copy. Source: Chan, Golub & LeVeque 1983. Oracle: numpy. */
export function moments(samples: Samples): Moments {
  const n = samples.length;
  requireAtLeast(1, n, 'moments');
  const first = mean(samples);
  let squares = 0;
  let residue = 0;
  for (let i = 0; i < n; i++) {
    const d = (samples[i] as number) - first;
    squares += d * d;
    residue += d;
  }
  const variance = n > 1 ? Math.max(0, (squares - (residue * residue) / n) / (n - 1)) : 0;
  return { n, mean: first + residue / n, variance, sd: Math.sqrt(variance) };
}

/** Arithmetic mean.
 * @param samples ≥ 1 values
 * @throws StatsError sample-too-small
 * Time O(n). Oracle: numpy. */
export function mean(samples: Samples): number {
  requireAtLeast(1, samples.length, 'mean');
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] as number;
  return sum / samples.length;
}
