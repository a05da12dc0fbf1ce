/** Do hookbench and the Python counterpart say the same? Otherwise their times could not be compared. */

import type { Comparison, Results, SampleStats } from '../../controller/analysis/results.ts';

interface TheirShift {
  readonly shift: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
}

interface TheirArm {
  readonly mean: number;
  readonly sd: number;
  readonly quantiles: readonly number[];
  readonly tukey: readonly number[];
  readonly lag1: number;
}

/** one line of analysis.py's output */
export interface Theirs {
  readonly baseline: TheirArm;
  readonly treated: TheirArm;
  readonly student: readonly number[];
  readonly welch: readonly number[];
  readonly mannWhitney: readonly number[];
  readonly cohensD: number;
  readonly cliffsDelta: number;
  readonly mean: TheirShift;
  readonly p50: TheirShift;
  readonly p99: TheirShift;
  readonly minimumDetectable: number;
  readonly required: number;
  readonly halves: Theirs;
}

/** @returns one line per number that differs by more than 1e-7 of itself (0.1 % for required samples, which are rounded up) */
export function disagreements(ours: Results, theirs: readonly Theirs[]): readonly string[] {
  return ours.comparisons.flatMap((comparison, i) => {
    const python = theirs[i];
    const halves = ours.aa.comparisons[i];
    if (!python || !halves) return [`${comparison.condition}: only one of the two has it`];
    return [
      ...unlike(comparison.condition, comparison, python),
      ...unlike(`${comparison.condition} baseline's halves`, halves, python.halves),
    ];
  });
}

function unlike(name: string, c: Comparison, t: Theirs): readonly string[] {
  const pairs: readonly (readonly [string, number | null | undefined, number | undefined, number?])[] = [
    ...arm('baseline', c.baselineStats, t.baseline),
    ...arm('treated', c.treatedStats, t.treated),
    ['Student t', c.studentT.t, t.student[0]],
    ['pooled sd', c.studentT.pooledSdNs, t.student[2]],
    ['Welch t', c.welch.t, t.welch[0]],
    ['Mann–Whitney U', c.mannWhitney.u, t.mannWhitney[0]],
    ['Cohen d', c.cohensD, t.cohensD],
    ['Cliff delta', c.cliffsDelta, t.cliffsDelta],
    ...(['mean', 'p50', 'p99'] as const).flatMap((statistic) => [
      [`${statistic} shift`, c.shifts[statistic]?.estimateNs, t[statistic].shift] as const,
      [`${statistic} low`, c.shifts[statistic]?.lowNs, t[statistic].low] as const,
      [`${statistic} high`, c.shifts[statistic]?.highNs, t[statistic].high] as const,
    ]),
    ['detectable', c.minimumDetectableNs, t.minimumDetectable, 1e-4],
  ];
  return pairs
    .filter(([, a, b, tolerance = 1e-7]) => a == null || b == null || Math.abs(a - b) > tolerance * Math.abs(b))
    .map(([what, a, b]) => `${name}: ${what}: hookbench ${a}, Python ${b}`);
}

function arm(name: string, s: SampleStats, t: TheirArm): readonly (readonly [string, number, number | undefined])[] {
  const ours = [s.minNs, s.p25Ns, s.p50Ns, s.p75Ns, s.p95Ns, s.p99Ns, s.p999Ns, s.maxNs];
  return [
    [`${name} mean`, s.meanNs, t.mean],
    [`${name} sd`, s.sdNs, t.sd],
    ...ours.map((value, i) => [`${name} quantile ${i}`, value, t.quantiles[i]] as const),
    [`${name} lower whisker`, s.tukeyLowNs, t.tukey[0]],
    [`${name} upper whisker`, s.tukeyHighNs, t.tukey[1]],
    [`${name} outliers`, s.tukeyOutliers, t.tukey[2]],
    [`${name} lag 1`, s.lag1, t.lag1],
  ];
}
