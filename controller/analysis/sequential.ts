/** Arms that ran one after the other (imported data): how far apart the two runs are. README.md says what that can mean. */

import { quantile } from '../stats/quantile.ts';
import { type Samples, type SortedSamples, sortedCopy } from '../stats/samples.ts';
import { tQuantile, tTwoSidedP } from '../stats/student.ts';
import { mean, moments } from '../stats/summary.ts';
import { type LongRun, longRun } from './long-run.ts';
import type { Estimate } from './results.ts';
import type { ArmSamples } from './select.ts';
import { CONFIDENCE, type Inference, type Shifts } from './unit.ts';

/** an arm whose samples somebody has sorted already */
export type MaybeSorted = ArmSamples & { readonly sorted?: SortedSamples };

/** Shifts treated − baseline of two arms without a common block.
 * With one run in either arm the requests within the runs carry the intervals, their correlation counted in (effective sample
 * size); they say how well these two runs are known, not what another pair of runs would give. With two or more runs in each arm
 * the run is the unit, and intervals cover what runs differ by.
 * @returns null where a run is too short (fewer than 50 requests) to be judged
 * Time O(n log n). */
export function sequentialShifts(baseline: MaybeSorted, treated: MaybeSorted): Shifts {
  const before = runsOf(baseline);
  const after = runsOf(treated);
  const infer = Math.min(before.length, after.length) >= 2 ? overRuns : withinRuns;
  return {
    p50: infer(before, after, 0.5),
    mean: infer(before, after, 'mean'),
    p99: infer(before, after, 0.99),
    p50Hit: null,
    p50NoHit: null,
    blocks: baseline.blocks.length + treated.blocks.length,
    forks: Math.min(before.length, after.length),
  };
}

/** Is one stretch of an arm's requests apart from another? The mean's shift, judged as between two runs. */
export function shiftBetween(first: Samples, second: Samples): Inference | null {
  return withinRuns([runOf(first)], [runOf(second)], 'mean');
}

type Statistic = 'mean' | 0.5 | 0.99;

interface Run {
  readonly latencyNs: Samples;
  sorted(): SortedSamples;
}

/** an estimate of one arm; df of its standard error */
interface ArmEstimate {
  readonly value: number;
  readonly standardError: number;
  readonly units: number;
}

function runsOf(arm: MaybeSorted): readonly Run[] {
  const ends = new Map<number, { start: number; end: number }>();
  for (const { fork, start, end } of arm.blocks) {
    const known = ends.get(fork);
    ends.set(fork, { start: Math.min(start, known?.start ?? start), end: Math.max(end, known?.end ?? end) });
  }
  // one run is the whole arm
  const sorted = ends.size === 1 ? arm.sorted : undefined;
  return [...ends.values()].map(({ start, end }) => runOf(arm.latencyNs.subarray(start, end), sorted));
}

function runOf(latencyNs: Samples, known?: SortedSamples): Run {
  let sorted = known;
  return {
    latencyNs,
    sorted: () => {
      sorted ??= sortedCopy(latencyNs);
      return sorted;
    },
  };
}

function overRuns(before: readonly Run[], after: readonly Run[], statistic: Statistic): Inference {
  const estimateOf = (runs: readonly Run[]): ArmEstimate => {
    const { mean: value, sd, n } = moments(Float64Array.from(runs, (run) => statisticOf(run, statistic)));
    return { value, standardError: sd / Math.sqrt(n), units: n };
  };
  return difference(estimateOf(before), estimateOf(after), 'run');
}

function statisticOf(run: Run, statistic: Statistic): number {
  return statistic === 'mean' ? mean(run.latencyNs) : quantile(run.sorted(), statistic);
}

function withinRuns(before: readonly Run[], after: readonly Run[], statistic: Statistic): Inference | null {
  const first = pooled(before, statistic);
  const second = pooled(after, statistic);
  return first && second ? difference(first, second, 'effective-request') : null;
}

/** runs of one arm, each weighing as many requests as it has */
function pooled(runs: readonly Run[], statistic: Statistic): ArmEstimate | null {
  const n = runs.reduce((sum, run) => sum + run.latencyNs.length, 0);
  let value = 0;
  let variance = 0;
  let units = 0;
  for (const run of runs) {
    const own = statistic === 'mean' ? longRun(run.latencyNs) : quantileRun(run, statistic);
    if (own === null) return null;
    const weight = run.latencyNs.length / n;
    value += weight * own.mean;
    variance += (weight * own.standardError) ** 2;
    units += own.effectiveN;
  }
  return { value, standardError: Math.sqrt(variance), units };
}

/** A quantile's standard error after Woodruff 1952: the share of requests below it has an interval, and the quantiles at its ends are one
 * standard error either way. The share's own error counts the correlation in. */
function quantileRun(run: Run, q: number): LongRun | null {
  const sorted = run.sorted();
  const value = quantile(sorted, q);
  const share = longRun(sharesBelow(run.latencyNs, value));
  if (share === null) return null;
  const high = Math.min(1, q + share.standardError);
  const low = Math.max(0, q - share.standardError);
  const slope = high > low ? (quantile(sorted, high) - quantile(sorted, low)) / (high - low) : 0;
  return { mean: value, standardError: slope * share.standardError, effectiveN: share.effectiveN };
}

/** 1 where a value is at most the limit */
function sharesBelow(values: Samples, limit: number): Float64Array {
  const below = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) if ((values[i] as number) <= limit) below[i] = 1;
  return below;
}

/** Welch's interval, with the effective units as sample sizes */
function difference(before: ArmEstimate, after: ArmEstimate, unit: Estimate['unit']): Inference {
  const shift = after.value - before.value;
  const [a, b] = [before.standardError ** 2, after.standardError ** 2];
  const standardError = Math.sqrt(a + b);
  const units = Math.min(before.units, after.units);
  const df =
    standardError === 0
      ? before.units + after.units - 2
      : (a + b) ** 2 / (a ** 2 / (before.units - 1) + b ** 2 / (after.units - 1));
  const reach = standardError * tQuantile(0.5 + CONFIDENCE / 2, df);
  const { p, log10P } = tTwoSidedP(shift === 0 ? 0 : shift / standardError, df);
  const [low, high] = [shift - reach, shift + reach];
  return {
    level: 1 - CONFIDENCE,
    interval: {
      ...{ mean: shift, low, high, standardError, df, units, p, log10P, confidence: CONFIDENCE },
      sd: standardError * Math.sqrt(units),
    },
    estimate: {
      ...{ estimateNs: shift, lowNs: low, highNs: high, p, confidence: CONFIDENCE, unit },
      units: Math.round(units),
    },
  };
}
