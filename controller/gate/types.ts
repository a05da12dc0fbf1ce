/** What a gate says: `hookbench.gate/v1`. Latencies in ns. */

import type { Estimate, Vantage } from '../analysis/results.ts';

export const GATE_SCHEMA = 'hookbench.gate/v1';

/** one --max, as it was given */
export interface Budget {
  readonly text: string;
  /** what stands before the statistic: MECHANISM[:SUT][:VANTAGE]; ids of mechanisms may hold colons themselves */
  readonly subject: string;
  /** mean, p50, p99 … */
  readonly statistic: string;
  readonly limitNs: number;
}

/** `undecided`: the budget lies inside the interval; `unusable`: the row makes no claim, so it can't be within a budget either */
export const OUTCOMES = ['passed', 'failed', 'undecided', 'unusable'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type GateShift = Pick<Estimate, 'estimateNs' | 'lowNs' | 'highNs' | 'confidence'>;

export interface GateRow {
  readonly budget: string;
  readonly sut: string;
  readonly condition: string;
  readonly node: string;
  readonly vantage: Vantage;
  readonly mechanism: string;
  readonly statistic: string;
  readonly limitNs: number;
  /** null where the row has none */
  readonly shift: GateShift | null;
  readonly outcome: Outcome;
  readonly sentence: string;
}

export interface GateReport {
  readonly schema: typeof GATE_SCHEMA;
  readonly study: { readonly id: string; readonly startedAt: string; readonly status: string };
  readonly undecided: 'fail' | 'pass';
  /** every row passed, or is undecided and that was allowed */
  readonly passed: boolean;
  readonly rows: readonly GateRow[];
  readonly sentence: string;
}
