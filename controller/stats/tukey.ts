import { quantile } from './quantile.ts';
import type { SortedSamples } from './samples.ts';

export interface TukeyWhiskers {
  readonly q1: number;
  readonly q3: number;
  /** the furthest samples within 1.5 IQR of the quartiles, never inside the box */
  readonly low: number;
  readonly high: number;
  /** samples beyond the fences; they are labelled, not dropped */
  readonly outliersBelow: number;
  readonly outliersAbove: number;
}

/** Whiskers of Tukey's boxplot: the furthest samples within 1.5 IQR of the quartiles.
 * @param values ascending, ≥ 1
 * @returns quartiles (type 7), whisker ends, outliers on each side
 * @throws StatsError sample-too-small
 * Time O(log n). Source: Tukey 1977; ends as matplotlib's boxplot_stats. Oracle: numpy. */
export function tukeyWhiskers(values: SortedSamples): TukeyWhiskers {
  const q1 = quantile(values, 0.25);
  const q3 = quantile(values, 0.75);
  const fences = tukeyFences(q1, q3);
  const first = firstIndexWhere(values, (v) => v >= fences.low);
  const end = firstIndexWhere(values, (v) => v > fences.high);
  return {
    q1,
    q3,
    low: Math.min(q1, values[first] ?? q1),
    high: Math.max(q3, values[end - 1] ?? q3),
    outliersBelow: first,
    outliersAbove: values.length - end,
  };
}

/** Tukey's fences: `reach` interquartile ranges beyond the quartiles.
 * @param q1, q3 the quartiles, q1 ≤ q3; @param reach 1.5 for the inner fences, 3 for the outer ones
 * @returns in the quartiles' unit
 * Time O(1). Source: Tukey 1977. Oracle: closed form. */
export function tukeyFences(q1: number, q3: number, reach = 1.5): { readonly low: number; readonly high: number } {
  const distance = reach * (q3 - q1);
  return { low: q1 - distance, high: q3 + distance };
}

function firstIndexWhere(values: SortedSamples, isPast: (value: number) => boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isPast(values[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
