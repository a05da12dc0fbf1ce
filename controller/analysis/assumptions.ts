/** Flags that the samples themselves raise: what the pooled tests assume and the data breaks. */

import { levene } from '../stats/levene.ts';
import { mannKendall } from '../stats/mann-kendall.ts';
import { mannWhitney } from '../stats/mann-whitney.ts';
import { median } from '../stats/quantile.ts';
import { sortedCopy } from '../stats/samples.ts';
import { mean } from '../stats/summary.ts';
import { sequentialDrift } from './drift.ts';
import { blockMedians } from './estimate.ts';
import { pValue, us } from './format.ts';
import type { Design, Flag, SampleStats } from './results.ts';
import type { ArmSamples } from './select.ts';

interface Judged {
  readonly samples: ArmSamples;
  readonly stats: SampleStats;
}

/** Flags raised by one comparison's samples.
 * @param baseline, treated samples of both arms, with their statistics
 * Time O(n log block + Σ blocks² per fork). */
export function assumptionFlags(baseline: Judged, treated: Judged, design: Design): readonly Flag[] {
  const medians = blockMedians(baseline.samples);
  const treatedMedians = blockMedians(treated.samples);
  const sequential = [
    { name: 'baseline', samples: baseline.samples, medians },
    { name: 'treated', samples: treated.samples, medians: treatedMedians },
  ];
  return [
    ...(design === 'sequential' ? sequentialDrift(sequential) : driftFlag(medians)),
    ...autocorrelationFlag(baseline.stats),
    ...varianceFlag(baseline, treated),
    ...warmupFlag(medians, treatedMedians),
  ];
}

/** strict, because block medians are not independent of their neighbours */
const TREND_LEVEL = 0.001;
const LAG1_LIMIT = 0.1;
const VARIANCE_RATIO_LIMIT = 2;
const LEVENE_LEVEL = 0.05;
const WARMUP_LEVEL = 0.001;
/** a start that differs by less than this share of the median is no lack of warm-up worth a flag */
const WARMUP_SHARE = 0.005;

function driftFlag(medians: readonly Float64Array[]): readonly Flag[] {
  const { z, p } = mannKendall(medians);
  if (p >= TREND_LEVEL) return [];
  const halves = medians.filter((series) => series.length >= 2).map(halfShift);
  const shift = us(mean(Float64Array.from(halves)));
  const direction = z > 0 ? 'rise' : 'fall';
  const detail = `The baseline's block medians ${direction} within a process's life (second half against first: ${shift}; Mann–Kendall ${pValue(p)}); interleaving keeps it out of the difference.`;
  return [{ code: 'drift', detail }];
}

function halfShift(series: Float64Array): number {
  const middle = series.length >> 1;
  return mean(series.subarray(series.length - middle)) - mean(series.subarray(0, middle));
}

function autocorrelationFlag(stats: SampleStats): readonly Flag[] {
  if (Math.abs(stats.lag1) <= Math.max(LAG1_LIMIT, 3 / Math.sqrt(stats.n))) return [];
  const lag1 = stats.lag1.toFixed(2).replace('-', '−');
  const detail = `Neighbouring baseline requests are correlated (lag 1: ${lag1}), so the pooled tests' p-values are too small; the verdict does not use them.`;
  return [{ code: 'autocorrelated', detail }];
}

/** Levene's test says whether the bulk spreads differently too, or only a few stalls do. */
function varianceFlag(baseline: Judged, treated: Judged): readonly Flag[] {
  const [without, withHook] = [baseline.stats.sdNs, treated.stats.sdNs];
  const [small, large] = [without, withHook].sort((a, b) => a - b) as [number, number];
  if (large * large <= VARIANCE_RATIO_LIMIT * small * small) return [];
  const { p } = levene([baseline.samples.latencyNs, treated.samples.latencyNs]);
  const bulk =
    p < LEVENE_LEVEL
      ? `spread about the medians differs as well (Levene ${pValue(p)})`
      : `spread about the medians does not (Levene ${pValue(p)}), so it is few requests that do it`;
  const detail = `The arms' variances differ (sd ${us(without)} without and ${us(withHook)} with the hook); the pooled t-test assumes that they are equal. The ${bulk}.`;
  return [{ code: 'unequal-variance', detail }];
}

function warmupFlag(baseline: readonly Float64Array[], treated: readonly Float64Array[]): readonly Flag[] {
  for (const [arm, medians] of [
    ['baseline', baseline],
    ['treated', treated],
  ] as const) {
    const early = startAgainstRest(medians);
    if (early === null || early.p >= WARMUP_LEVEL / 2 || Math.abs(early.shiftNs) < WARMUP_SHARE * early.levelNs)
      continue;
    const detail = `The ${arm} arm had not settled: the first tenth of its measured blocks differs from the rest by ${us(early.shiftNs)} (${pValue(early.p)}); use a longer warm-up.`;
    return [{ code: 'unstable-warmup', detail }];
  }
  return [];
}

/** Each fork's block medians against that fork's own later level, all forks together. */
function startAgainstRest(medians: readonly Float64Array[]): { shiftNs: number; levelNs: number; p: number } | null {
  const start: number[] = [];
  const rest: number[] = [];
  const levels: number[] = [];
  for (const series of medians) {
    if (series.length < 2) continue;
    const first = Math.max(1, Math.round(series.length / 10));
    const level = median(series.subarray(first));
    levels.push(level);
    series.forEach((value, i) => {
      (i < first ? start : rest).push(value - level);
    });
  }
  if (start.length === 0) return null;
  const { p } = mannWhitney(sortedCopy(Float64Array.from(rest)), sortedCopy(Float64Array.from(start)));
  return { shiftNs: median(Float64Array.from(start)), levelNs: median(Float64Array.from(levels)), p };
}
