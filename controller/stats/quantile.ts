import { requireAtLeast, requireWithin } from './errors.ts';
import { type Samples, type SortedSamples, sortedCopy } from './samples.ts';

/** The q-quantile, Hyndman–Fan type 7 (numpy's and R's default).
 * @param values ascending, ≥ 1
 * @param q in [0, 1]
 * @returns linear interpolation at index (n − 1)·q, in the samples' unit
 * @throws StatsError sample-too-small | bad-argument
 * Time O(1). Source: Hyndman & Fan 1996. Oracle: numpy. */
export function quantile(values: SortedSamples, q: number): number {
  requireAtLeast(1, values.length, 'quantile');
  requireWithin(0, 1, q, 'q');
  const position = (values.length - 1) * q;
  const index = Math.floor(position);
  const low = values[index] as number;
  const high = values[Math.min(index + 1, values.length - 1)] as number;
  return interpolate(low, high, position - index);
}

/** The median of unsorted values.
 * @param samples ≥ 1 values, not changed
 * @throws StatsError sample-too-small
 * Time O(n log n), one copy. Oracle: numpy. */
export function median(samples: Samples): number {
  return quantile(sortedCopy(samples), 0.5);
}

/** Between two order statistics, from the nearer end, as numpy does (so that t = 1 gives `high` exactly). */
export function interpolate(low: number, high: number, t: number): number {
  return t < 0.5 ? low + (high - low) * t : high - (high - low) * (1 - t);
}
