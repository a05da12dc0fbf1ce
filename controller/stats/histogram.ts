import { requireAtLeast, requireWithin, StatsError } from './errors.ts';
import { interpolate } from './quantile.ts';

/** counts[i] samples lay between low[i] and high[i], both included; buckets do not overlap */
export interface Buckets {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly counts: readonly number[];
}

/** Non-empty buckets in ascending order, each sample standing at its bucket's midpoint. */
export interface MidpointCounts {
  readonly n: number;
  readonly midpoint: Float64Array;
  readonly count: Float64Array;
}

/** Adds histograms of equal bucketing up; empty buckets are left out.
 * @param histograms any number, columns of equal length; a bucket is recognised by its low end
 * @returns ascending midpoints with their counts
 * @throws StatsError length-mismatch
 * Time O(buckets · log buckets). Oracle: closed form. */
export function mergeBuckets(histograms: readonly Buckets[]): MidpointCounts {
  const byLow = new Map<number, { readonly high: number; count: number }>();
  for (const { low, high, counts } of histograms) {
    if (low.length !== counts.length || high.length !== counts.length) {
      throw new StatsError(
        'length-mismatch',
        `${counts.length} counts, ${low.length} low and ${high.length} high ends`,
      );
    }
    counts.forEach((count, i) => {
      if (count === 0) return;
      const bucket = byLow.get(low[i] as number);
      if (bucket) bucket.count += count;
      else byLow.set(low[i] as number, { high: high[i] as number, count });
    });
  }
  const merged = [...byLow].sort((a, b) => a[0] - b[0]);
  return {
    n: merged.reduce((sum, [, bucket]) => sum + bucket.count, 0),
    midpoint: Float64Array.from(merged, ([low, bucket]) => (low + bucket.high) / 2),
    count: Float64Array.from(merged, ([, bucket]) => bucket.count),
  };
}

/** The q-quantile (type 7) of the midpoints. Off by at most half a bucket from the samples' own.
 * @param q in [0, 1]
 * @throws StatsError sample-too-small | bad-argument
 * Time O(buckets). Oracle: numpy.quantile of the repeated midpoints. */
export function bucketQuantile(buckets: MidpointCounts, q: number): number {
  requireAtLeast(1, buckets.n, 'histogram quantile');
  requireWithin(0, 1, q, 'q');
  const position = (buckets.n - 1) * q;
  const index = Math.floor(position);
  return interpolate(valueAt(buckets, index), valueAt(buckets, Math.min(index + 1, buckets.n - 1)), position - index);
}

/** Mean and sd (n − 1) of the midpoints.
 * @throws StatsError sample-too-small
 * Time O(buckets). Oracle: numpy on the repeated midpoints. */
export function bucketMoments(buckets: MidpointCounts): { readonly mean: number; readonly sd: number } {
  requireAtLeast(1, buckets.n, 'histogram moments');
  let sum = 0;
  buckets.midpoint.forEach((value, i) => {
    sum += value * (buckets.count[i] as number);
  });
  const mean = sum / buckets.n;
  let squares = 0;
  buckets.midpoint.forEach((value, i) => {
    squares += (value - mean) ** 2 * (buckets.count[i] as number);
  });
  return { mean, sd: buckets.n > 1 ? Math.sqrt(squares / (buckets.n - 1)) : 0 };
}

function valueAt(buckets: MidpointCounts, index: number): number {
  let before = 0;
  for (let i = 0; i < buckets.count.length; i++) {
    before += buckets.count[i] as number;
    if (index < before) return buckets.midpoint[i] as number;
  }
  return buckets.midpoint[buckets.midpoint.length - 1] as number;
}
