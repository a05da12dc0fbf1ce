import { lag1Autocorrelation } from '../stats/autocorrelation.ts';
import { quantile } from '../stats/quantile.ts';
import type { Samples, SortedSamples } from '../stats/samples.ts';
import type { Moments } from '../stats/summary.ts';
import { tukeyWhiskers } from '../stats/tukey.ts';
import type { SampleStats } from './results.ts';

/** The contract's description of one arm.
 * @param latencyNs in time order; @param sorted the same values; @param moments theirs
 * Fewer than 3 samples have no lag: 0. Time O(n). */
export function sampleStats(latencyNs: Samples, sorted: SortedSamples, moments: Moments): SampleStats {
  const whiskers = tukeyWhiskers(sorted);
  return {
    ...orderStats(sorted, moments),
    tukeyLowNs: whiskers.low,
    tukeyHighNs: whiskers.high,
    tukeyOutliers: whiskers.outliersBelow + whiskers.outliersAbove,
    lag1: latencyNs.length < 3 ? 0 : lag1Autocorrelation(latencyNs),
  };
}

export type OrderStats = Omit<SampleStats, 'lag1' | 'tukeyLowNs' | 'tukeyHighNs' | 'tukeyOutliers'>;

/** The part of the description that needs no time order. */
export function orderStats(sorted: SortedSamples, moments: Moments): OrderStats {
  return {
    n: moments.n,
    meanNs: moments.mean,
    sdNs: moments.sd,
    minNs: quantile(sorted, 0),
    p25Ns: quantile(sorted, 0.25),
    p50Ns: quantile(sorted, 0.5),
    p75Ns: quantile(sorted, 0.75),
    p95Ns: quantile(sorted, 0.95),
    p99Ns: quantile(sorted, 0.99),
    p999Ns: quantile(sorted, 0.999),
    maxNs: quantile(sorted, 1),
  };
}
