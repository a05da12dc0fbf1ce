/** The results contract `hookbench.results/v1`: what `results.json` holds and `--json` prints.
 * Version it, add to it, do not rename. Units are in the names; latencies in ns. */

import type { Bystanders } from './results-bystander.ts';
import type { Decomposition, MicroMacro } from './results-decomposition.ts';
import type { Estimate } from './results-estimate.ts';
import type { KernelTimeRow } from './results-kernel-time.ts';
import type {
  BlockingRow,
  InsideView,
  LossRow,
  MechanismFacts,
  NodeFacts,
  Observation,
  ParityRow,
  TraceRow,
  UnsuitedRow,
} from './results-observed.ts';
import type { InteractionTable, PooledRow, VarianceRow } from './results-places.ts';
import type { Ranking } from './results-ranking.ts';
import type { SampleStats, TTest } from './results-samples.ts';
import type { RankShift, ShiftFunction } from './results-shape.ts';
import type { Design, Vantage, Verdict } from './terms.ts';

export * from './results-bystander.ts';
export * from './results-decomposition.ts';
export * from './results-estimate.ts';
export * from './results-kernel-time.ts';
export * from './results-observed.ts';
export * from './results-places.ts';
export * from './results-ranking.ts';
export * from './results-samples.ts';
export * from './results-shape.ts';
export { DESIGNS, type Design, VANTAGES, type Vantage, VERDICTS, type Verdict } from './terms.ts';

export const RESULTS_SCHEMA = 'hookbench.results/v1';

export type FlagCode =
  | 'arms-not-interleaved'
  | 'arms-apart'
  | 'drift'
  | 'autocorrelated'
  | 'unequal-variance'
  | 'negative-overhead'
  | 'unstable-warmup'
  | 'lost-samples'
  | 'parity-miss'
  | 'throttled'
  | 'aa-failed'
  | 'block-failed'
  | 'few-forks'
  | 'incomplete';

export interface Flag {
  readonly code: FlagCode;
  readonly detail: string;
}

/** the inference behind the verdict: shift of the median (treated − baseline), of sequential arms that of the mean */
export interface BlockEstimate extends Estimate {
  /** what shifted, where it is not the median */
  readonly statistic?: 'mean';
  /** randomised blocks (all forks together) in which both arms ran; of sequential arms the stretches of both */
  readonly blocks: number;
  /** process starts in which both arms ran; of sequential arms the runs of the arm that has fewer */
  readonly forks: number;
  /** p after Holm's correction over the study's comparisons */
  readonly pHolm: number;
}

/** Where each process start ends its warm-up. */
export interface Warmup {
  /** heidelberger-welch: detected past the floor (controller/stats/warm-up.ts); fixed: what the user or the file says */
  readonly method: 'heidelberger-welch' | 'fixed';
  readonly perFork: readonly {
    readonly fork: number;
    /** requests of each arm since its process started that come before the first analysed one; both arms are cut at the same */
    readonly cut: number;
    /** false: an arm never settled, and nothing was cut for its sake; null: not looked at, or too few requests to tell */
    readonly settled: boolean | null;
  }[];
}

export interface Comparison {
  readonly sut: string;
  readonly condition: string;
  readonly node: string;
  readonly vantage: Vantage;
  readonly design: Design;
  readonly baseline: string;
  /** mechanism id; the A/A arm is `none` */
  readonly treated: string;
  readonly n: number;
  readonly baselineN: number;
  readonly warmupDropped: number;
  readonly warmup: Warmup;
  readonly baselineStats: SampleStats;
  readonly treatedStats: SampleStats;
  readonly studentT: TTest & { readonly pooledSdNs: number };
  readonly welch: TTest;
  readonly mannWhitney: { readonly u: number; readonly p: number; readonly log10P: number };
  readonly cohensD: number;
  readonly cliffsDelta: number;
  /** over all samples as if they were independent; absent in results of before 2026-11-23, as the next three */
  readonly kolmogorovSmirnov?: { readonly d: number; readonly p: number; readonly log10P: number };
  /** what each arm's correlated samples are worth as independent ones, for its mean; null where a fork has fewer than 50 */
  readonly effectiveSamples?: { readonly baseline: number | null; readonly treated: number | null };
  /** centre of the units' median shifts by ranks; null where fewer than 6 or more than 1,000 units carry the row */
  readonly hodgesLehmann?: RankShift | null;
  /** null where blocks have fewer than 20 samples of an arm, or fewer than 2 units carry it */
  readonly shiftFunction?: ShiftFunction | null;
  /** pooled over all samples; the verdict does not use these two */
  readonly meanShiftNs: number;
  readonly medianShiftNs: number;
  readonly block: BlockEstimate | null;
  /** the table's three columns, each from block differences; null where it can't be estimated */
  readonly shifts: { readonly p50: Estimate | null; readonly mean: Estimate | null; readonly p99: Estimate | null };
  /** the same median shift for requests with and without a keyword */
  readonly byPayload: { readonly hit: Estimate | null; readonly noHit: Estimate | null };
  /** smallest true median shift found with probability 0.8 at alpha 0.05, given the block variance seen */
  readonly minimumDetectableNs: number | null;
  /** samples per arm for the shift seen to be found with probability 0.8; null where the shift is 0 or there is no block estimate */
  readonly requiredSamples: number | null;
  readonly verdict: Verdict;
  /** one sentence for a reader */
  readonly sentence: string;
  readonly flags: readonly Flag[];
}

/** none against none, per SUT and design. `passed` false: the study can't tell this instrument's noise from an effect. */
export interface AaSummary {
  readonly passed: boolean;
  readonly sentence: string;
  readonly comparisons: readonly Comparison[];
}

export interface Recommendation {
  readonly id: string;
  readonly status: 'met' | 'unmet' | 'not-applicable';
  readonly evidence: string;
}

/** A study that added forks until its intervals were narrow, or its time was over. */
export interface UntilSummary {
  /** wanted: at most this far from the estimate to either end of its interval */
  readonly halfWidthNs: number;
  readonly only: readonly string[];
  readonly budgetMs: number;
  /** forks at each look, the last one included */
  readonly looks: readonly number[];
  readonly correction: 'alpha-spending-pocock';
  /** two-sided level at which the intervals shown are drawn, so that all looks together err in 5 % at most; p is raised to match */
  readonly level: number;
  readonly stopped: 'narrow' | 'budget' | 'interrupted';
  readonly sentence: string;
}

export interface Results {
  readonly schema: typeof RESULTS_SCHEMA;
  readonly study: {
    readonly id: string;
    readonly seed: number;
    readonly startedAt: string;
    readonly finishedAt: string;
    readonly status: 'complete' | 'interrupted' | 'failed';
    readonly requestsPerArm: number;
    readonly warmup: number | null;
    /** null where the number of forks was fixed */
    readonly until: UntilSummary | null;
    readonly forks: number;
    readonly blocks: number;
    readonly action: string;
    /** what the hook was put in front of */
    readonly functions: readonly string[];
    /** name of the error that a blocked read failed with; null unless the action is block */
    readonly blockErrno: string | null;
    /** block: only requests without a keyword are timed and compared */
    readonly timed: 'all requests' | 'requests without a keyword';
    readonly suts: readonly string[];
    readonly mechanisms: readonly string[];
    readonly conditions: readonly string[];
    readonly keywords: number;
    readonly hookbenchVersion: string;
    /** the command that repeats it */
    readonly command: string;
  };
  readonly nodes: readonly NodeFacts[];
  readonly comparisons: readonly Comparison[];
  readonly aa: AaSummary;
  readonly parity: readonly ParityRow[];
  readonly loss: readonly LossRow[];
  readonly inside: readonly InsideView[];
  readonly mechanisms: readonly MechanismFacts[];
  /** mechanisms without an arm on a SUT; absent in results of before 2026-11-23 */
  readonly unsuited?: readonly UnsuitedRow[];
  /** empty unless the action is trace */
  readonly traces: readonly TraceRow[];
  /** empty unless the action is block */
  readonly blocking: readonly BlockingRow[];
  /** where two or more conditions or nodes measured the same; absent in results of before 2026-11-23, as the next two */
  readonly interactions?: readonly InteractionTable[];
  /** where two or more nodes measured the same */
  readonly pooled?: readonly PooledRow[];
  readonly variance?: readonly VarianceRow[];
  /** where two or more hooks were measured on a SUT; absent in results of before 2026-11-23 */
  readonly rankings?: readonly Ranking[];
  /** one for each comparison of interleaved arms; absent in results of before 2026-11-23, as the next one */
  readonly decomposition?: readonly Decomposition[];
  /** one for each comparison at the client whose hook was measured at a caller too */
  readonly microMacro?: readonly MicroMacro[];
  /** what mechanisms that are attached cost a process beside; absent in results of before 2026-11-23 */
  readonly bystanders?: Bystanders;
  /** the kernel's own account of attached hooks; empty where nobody counted, absent in results of before 2026-11-23 */
  readonly kernelTimes?: readonly KernelTimeRow[];
  /** what agents saw while they measured, one per SUT, node and condition; absent where they did not look, as in imported studies */
  readonly observations?: readonly Observation[];
  readonly recommendations: readonly Recommendation[];
  /** study-wide notes: what was left out and why, failures with the next step */
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
}
