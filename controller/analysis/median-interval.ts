/** How far the median of one stretch of requests can be trusted. */

import { normalQuantile } from '../stats/normal-quantile.ts';
import type { SortedSamples } from '../stats/samples.ts';

/** Interval of the median between two order statistics.
 * @param sorted ns; @param worth what one correlated sample is worth as independent ones, in (0, 1]
 * @returns null where so few are left that the ends would lie outside
 * Source: Woodruff 1952, with the effective number of samples in place of n. Time O(1). */
export function medianInterval(
  sorted: SortedSamples,
  worth: number,
): { readonly lowNs: number; readonly highNs: number } | null {
  const n = sorted.length;
  const effective = n * Math.min(1, worth);
  if (!(effective > 0)) return null;
  const reach = (normalQuantile(0.975) * 0.5) / Math.sqrt(effective);
  if (reach >= 0.5) return null;
  const low = Math.floor((0.5 - reach) * (n - 1));
  const high = Math.ceil((0.5 + reach) * (n - 1));
  return { lowNs: sorted[low] as number, highNs: sorted[high] as number };
}
