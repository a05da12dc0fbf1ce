/** What a comparison of two studies says: `hookbench.comparison/v1`. Latencies in ns; A is the study named first. */

import type { Design, Estimate, FlagCode, Vantage, Verdict } from '../analysis/results.ts';

export const COMPARISON_SCHEMA = 'hookbench.comparison/v1';

/** the shift that is compared; every study holds an interval of each */
export const COMPARED_STATISTICS = ['p50', 'mean', 'p99'] as const;
export type ComparedStatistic = (typeof COMPARED_STATISTICS)[number];

export interface CellName {
  readonly sut: string;
  readonly condition: string;
  /** of A, and of B where it has another name there: each study has one node */
  readonly node: string;
  readonly nodeB: string;
  readonly vantage: Vantage;
  readonly design: Design;
  readonly baseline: string;
  readonly treated: string;
}

/** one study's part of a cell */
export interface Side {
  /** null where the study has no interval of it */
  readonly shift: Estimate | null;
  readonly verdict: Verdict;
  readonly flags: readonly FlagCode[];
  readonly baselineP50Ns: number;
}

/** shift in B less shift in A */
export interface Difference {
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
  readonly confidence: number;
  readonly standardErrorNs: number;
  /** Welch–Satterthwaite */
  readonly df: number;
  readonly p: number;
  /** after Holm over the cells of the comparison */
  readonly pHolm: number;
  /** smallest true difference found with probability 0.8 at alpha 0.05 */
  readonly minimumDetectableNs: number;
}

export type DifferenceVerdict = 'larger' | 'smaller' | 'no-detectable-difference';

export interface ComparedCell extends CellName {
  readonly a: Side;
  readonly b: Side;
  readonly difference: Difference;
  /** of B against A */
  readonly verdict: DifferenceVerdict;
  readonly sentence: string;
}

/** a cell about which nothing is claimed: one side has no usable number, or there is nothing equal to hold it against */
export interface UncomparedCell extends CellName {
  readonly a: Side | null;
  readonly b: Side | null;
  /** said of A, of B, or of both; never empty */
  readonly reasons: readonly string[];
  /** A has a number to stand on and B has none: a check that asks for no regression can't answer */
  readonly lostInB: boolean;
}

/** something that is not equal in the two studies, besides what was to be compared */
export interface SettingDifference {
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

export interface ComparedStudy {
  readonly id: string;
  readonly startedAt: string;
  readonly status: string;
  readonly hookbenchVersion: string;
  readonly aaPassed: boolean;
}

export interface StudyComparison {
  readonly schema: typeof COMPARISON_SCHEMA;
  readonly statistic: ComparedStatistic;
  readonly a: ComparedStudy;
  readonly b: ComparedStudy;
  readonly cells: readonly ComparedCell[];
  readonly notCompared: readonly UncomparedCell[];
  readonly settings: readonly SettingDifference[];
  /** the whole in one sentence */
  readonly sentence: string;
}
