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
  const reach = 1.5 * (q3 - q1);
  const first = firstIndexWhere(values, (v) => v >= q1 - reach);
  const end = firstIndexWhere(values, (v) => v > q3 + reach);
  return {
    q1,
    q3,
    low: Math.min(q1, values[first] ?? q1),
    high: Math.max(q3, values[end - 1] ?? q3),
    outliersBelow: first,
    outliersAbove: values.length - end,
  };
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
