import { median } from './quantile.ts';
import type { Samples } from './samples.ts';

const BATCHES = [100, 50, 20] as const;
const LEAST_IN_BATCH = 5;

/** How many batches a series of n values is parted into: 100, 50 or 20 of at least 5 values; undefined below 100 values. */
export function batchesOf(n: number): number | undefined {
  return BATCHES.find((batches) => n >= batches * LEAST_IN_BATCH);
}

/** @returns the median of each batch of neighbours, in the series' unit. Time O(n log batch). */
export function batchMedians(series: Samples, batches: number): Float64Array {
  const bound = (i: number) => Math.floor((i * series.length) / batches);
  return Float64Array.from({ length: batches }, (_, i) =>
    median(Float64Array.from(series.subarray(bound(i), bound(i + 1)))),
  );
}
