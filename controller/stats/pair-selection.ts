import { requireWithin } from './errors.ts';
import type { SortedSamples } from './samples.ts';

/** The rank-th smallest of all differences treated − baseline, without making them.
 * @param baseline, treated ascending, ≥ 1 value each; @param rank whole, in [0, n₁·n₂ − 1]
 * @returns exactly that difference, as a double
 * @throws StatsError bad-argument
 * Bisection on the value: each round counts the pairs at or below the middle with two pointers and moves an end onto a difference that occurs,
 * so it ends on one. Time O((n₁ + n₂) · log(range / gap)), at most some 60 rounds; O(1) memory.
 * Source: Johnson & Mizoguchi 1978 (selection in X + Y), by bisection. Oracle: numpy over all pairs. */
export function kthDifference(baseline: SortedSamples, treated: SortedSamples, rank: number): number {
  requireWithin(0, baseline.length * treated.length - 1, rank, 'rank');
  let low = (treated[0] as number) - (baseline[baseline.length - 1] as number);
  let high = (treated[treated.length - 1] as number) - (baseline[0] as number);
  while (low < high) {
    const halfWay = low + (high - low) / 2;
    const middle = halfWay < high ? halfWay : low;
    const { count, nearestBelow, nearestAbove } = countUpTo(baseline, treated, middle);
    if (count > rank) high = nearestBelow;
    else low = nearestAbove;
  }
  return low;
}

/** How many differences are at most `limit`, the largest of them, and the smallest of the others. */
function countUpTo(baseline: SortedSamples, treated: SortedSamples, limit: number) {
  let count = 0;
  let nearestBelow = -Infinity;
  let nearestAbove = Infinity;
  let within = 0;
  for (let i = 0; i < baseline.length; i++) {
    const from = baseline[i] as number;
    while (within < treated.length && (treated[within] as number) - from <= limit) within++;
    count += within;
    if (within > 0) nearestBelow = Math.max(nearestBelow, (treated[within - 1] as number) - from);
    if (within < treated.length) nearestAbove = Math.min(nearestAbove, (treated[within] as number) - from);
  }
  return { count, nearestBelow, nearestAbove };
}
