/** The results contract `hookbench.results/v1`: what `results.json` holds and `--json` prints.
 * Version it, add to it, do not rename. Units are in the names; latencies in ns. */

import type { InteractionTable, PooledRow, VarianceRow } from './results-places.ts';
import type { RankShift, ShiftFunction } from './results-shape.ts';
import type { Design, Vantage, Verdict } from './terms.ts';

export * from './results-places.ts';
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

/** A value is never shown without its interval. null where the data cannot carry one (with the reason in `why`). */
export interface Estimate {
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
  /** two-sided, against zero, not corrected */
  readonly p: number;
  readonly confidence: number;
  /** what was resampled or averaged over: the number of independent units */
  readonly units: number;
  /** sequential arms: `run` where each arm has several, else `effective-request`, the requests that many correlated ones are worth */
  readonly unit: 'fork' | 'block' | 'run' | 'effective-request';
}

export interface SampleStats {
  readonly n: number;
  readonly meanNs: number;
  readonly sdNs: number;
  readonly minNs: number;
  readonly p25Ns: number;
  readonly p50Ns: number;
  readonly p75Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
  readonly tukeyLowNs: number;
  readonly tukeyHighNs: number;
  readonly tukeyOutliers: number;
  readonly lag1: number;
}

export interface TTest {
  readonly t: number;
  readonly df: number;
  readonly p: number;
  /** log10 of p, finite also where p underflows to 0 */
  readonly log10P: number;
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

/** reads that must have been seen against reads the hook saw; `source` says who counted the expected ones */
export interface ParityRow {
  readonly sut: string;
  readonly condition: string;
  readonly node: string;
  readonly mechanism: string;
  /** load = the load generator's own count of what it sent; kernel = the kernel probe's count in a census slice */
  readonly source: 'load' | 'kernel';
  readonly expectedReads: number;
  readonly seenReads: number;
  readonly expectedBytes: number;
  readonly seenBytes: number;
  readonly expectedHits: number;
  readonly seenHits: number;
  /** seen/expected bytes; 1 = full parity */
  readonly ratio: number;
  readonly ok: boolean;
}

export interface LossRow {
  readonly hop: 'load' | 'ring' | 'bpf' | 'spool' | 'stream';
  readonly sut: string;
  readonly node: string;
  readonly mechanism: string;
  readonly received: number;
  readonly lost: number;
}

/** What one vantage inside a mechanism saw (interposer: read + scan in the library; kernel: syscall entry to exit).
 * There is no baseline at these vantages, so nothing is compared. */
export interface InsideView {
  readonly sut: string;
  readonly node: string;
  readonly mechanism: string;
  readonly vantage: Vantage;
  /** histogram: from a lossless in-kernel log-linear histogram, values are bucket midpoints */
  readonly source: 'samples' | 'histogram';
  readonly stats: Omit<SampleStats, 'lag1' | 'tukeyLowNs' | 'tukeyHighNs' | 'tukeyOutliers'>;
}

/** A mechanism of the catalogue: what it can do here, and why not the rest. `manner` is how it worked in this study, e.g. its scanner. */
export interface MechanismFacts {
  readonly id: string;
  readonly layer: string;
  readonly actions: readonly string[];
  readonly functions: readonly string[];
  readonly limits: readonly { readonly action: string; readonly why: string }[];
  readonly manner: readonly string[];
}

/** Action trace: matches that one mechanism reported for one SUT, all phases together. */
export interface TraceRow {
  readonly sut: string;
  readonly node: string;
  readonly mechanism: string;
  /** kept + dropped */
  readonly matches: number;
  readonly kept: number;
  /** above the limit per second and process: counted, not kept */
  readonly dropped: number;
  /** the most frequent among those kept, at most 10; index null where the mechanism could not tell which it was */
  readonly keywords: readonly { readonly index: number | null; readonly keyword: string; readonly count: number }[];
}

/** Action block: what became of the requests to the instances with a hook, all phases together. */
export interface BlockingRow {
  readonly sut: string;
  readonly condition: string;
  readonly node: string;
  readonly mechanism: string;
  /** with a keyword, no answer */
  readonly refused: number;
  /** without a keyword, answered */
  readonly served: number;
  /** with a keyword, answered all the same */
  readonly leaked: number;
  /** without a keyword, no answer */
  readonly denied: number;
  /** nothing leaked, nothing denied */
  readonly ok: boolean;
}

export interface NodeFacts {
  readonly id: string;
  readonly hostname: string;
  readonly kernel: string;
  readonly os: string;
  readonly cpu: string;
  readonly cores: number;
  readonly virtualization: string;
  readonly memoryBytes: number;
  readonly libc: string;
  readonly node: string;
  readonly java: string;
  readonly bpftrace: string;
  /** what generated the load and where the two ends were pinned */
  readonly load: string;
  readonly pinning: string;
}

export interface Recommendation {
  readonly id: string;
  readonly status: 'met' | 'unmet' | 'not-applicable';
  readonly evidence: string;
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
    readonly forks: number;
    readonly blocks: number;
    readonly action: string;
    /** what the hook was put in front of */
    readonly functions: readonly string[];
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
  /** empty unless the action is trace */
  readonly traces: readonly TraceRow[];
  /** empty unless the action is block */
  readonly blocking: readonly BlockingRow[];
  /** where two or more conditions or nodes measured the same; absent in results of before 2026-11-23, as the next two */
  readonly interactions?: readonly InteractionTable[];
  /** where two or more nodes measured the same */
  readonly pooled?: readonly PooledRow[];
  readonly variance?: readonly VarianceRow[];
  readonly recommendations: readonly Recommendation[];
  /** study-wide notes: what was left out and why, failures with the next step */
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
}
