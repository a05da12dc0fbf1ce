/** What the mechanisms saw from their own vantages: described, never compared. */

import { bucketMoments, bucketQuantile, type MidpointCounts, mergeBuckets } from '../stats/histogram.ts';
import { sortedCopy } from '../stats/samples.ts';
import { moments } from '../stats/summary.ts';
import type { Histogram, StudyRecord } from './record.ts';
import type { InsideView, Vantage } from './results.ts';
import { type OrderStats, orderStats } from './sample-stats.ts';
import { armSamples, cellsOf } from './select.ts';

/** Views from inside the hooks, of measured requests only: from samples, and from in-kernel histograms (at bucket midpoints). */
export function insideViews(study: StudyRecord): readonly InsideView[] {
  return [...sampleViews(study), ...histogramViews(study)];
}

const INSIDE: readonly Vantage[] = ['interposer', 'kernel'];

function sampleViews(study: StudyRecord): readonly InsideView[] {
  return cellsOf(study, INSIDE).flatMap((cell) =>
    study.arms.flatMap((arm) => {
      const { latencyNs } = armSamples(cell, arm.index);
      if (latencyNs.length === 0) return [];
      const { sut, node, vantage } = cell;
      const stats = orderStats(sortedCopy(latencyNs), moments(latencyNs));
      return [{ sut, node, mechanism: arm.mechanism, vantage, source: 'samples', stats } as const];
    }),
  );
}

function histogramViews(study: StudyRecord): readonly InsideView[] {
  const byKey = new Map<string, Histogram[]>();
  for (const histogram of study.histograms) {
    if (histogram.phase !== 'measure') continue;
    const key = JSON.stringify([histogram.sut, histogram.node, histogram.mechanism, histogram.vantage]);
    const group = byKey.get(key);
    if (group) group.push(histogram);
    else byKey.set(key, [histogram]);
  }
  return [...byKey.values()].flatMap((group) => {
    const { sut, node, mechanism, vantage } = group[0] as Histogram;
    const merged = mergeBuckets(group.map(({ lowNs, highNs, counts }) => ({ low: lowNs, high: highNs, counts })));
    if (merged.n === 0) return [];
    return [{ sut, node, mechanism, vantage, source: 'histogram', stats: bucketStats(merged) } as const];
  });
}

function bucketStats(buckets: MidpointCounts): OrderStats {
  const { mean, sd } = bucketMoments(buckets);
  const at = (q: number) => bucketQuantile(buckets, q);
  return {
    ...{ n: buckets.n, meanNs: mean, sdNs: sd, minNs: at(0), p25Ns: at(0.25), p50Ns: at(0.5), p75Ns: at(0.75) },
    ...{ p95Ns: at(0.95), p99Ns: at(0.99), p999Ns: at(0.999), maxNs: at(1) },
  };
}
