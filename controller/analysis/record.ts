/** What the analysis reads: one study as stored, in memory. Built by controller/store; pure data. */

import type { Samples } from '../stats/samples.ts';
import type {
  BlockingRow,
  Design,
  LossRow,
  MechanismFacts,
  NodeFacts,
  Observation,
  ParityRow,
  UnsuitedRow,
  Vantage,
} from './results.ts';

/** an arm of the study; `aa` marks the second `none` */
export interface Arm {
  readonly index: number;
  readonly mechanism: string;
  readonly aa: boolean;
  readonly design: Design | 'both';
}

export const PHASES = ['warmup', 'measure', 'census', 'void', 'bystander'] as const;
export type Phase = (typeof PHASES)[number];

/** bits of the flags column */
export const SAMPLE_HIT = 1;
export const SAMPLE_SETTLE = 2;

/** One stored batch: n samples of one step. Columns have equal length n. */
export interface Batch {
  readonly node: string;
  readonly sut: string;
  readonly condition: string;
  readonly vantage: Vantage;
  readonly design: Design;
  readonly phase: Phase;
  readonly fork: number;
  /** block within the fork; unique per (fork, design) */
  readonly block: number;
  readonly step: number;
  /** CLOCK_MONOTONIC of the node, ns */
  readonly t0Ns: bigint;
  readonly dtNs: Uint32Array;
  /** whole ns as measured here; doubles where imported data holds fractions of a ns or more than 4.29 s */
  readonly latencyNs: Samples;
  /** index of the arm, see Arm */
  readonly arm: Uint8Array;
  readonly flags: Uint8Array;
}

/** a lossless log-linear histogram from inside a kernel mechanism: counts[i] samples between lowNs[i] and highNs[i] (inclusive) */
export interface Histogram {
  readonly node: string;
  readonly sut: string;
  readonly mechanism: string;
  readonly vantage: Vantage;
  readonly phase: Phase;
  readonly fork: number;
  readonly block: number;
  readonly lowNs: readonly number[];
  readonly highNs: readonly number[];
  readonly counts: readonly number[];
}

/** What the kernel counted of an attached hook's programs in the census of one SUT in one step. */
export interface KernelTimes {
  readonly node: string;
  readonly sut: string;
  readonly condition: string;
  readonly mechanism: string;
  readonly fork: number;
  /** requests sent meanwhile */
  readonly reads: number;
  readonly runTimeNs: number;
  readonly runs: number;
  /** while the process beside was sent requests: runs that are filtered out */
  readonly besideRunTimeNs: number;
  readonly besideRuns: number;
  /** why nothing was counted; '' where it was */
  readonly missing: string;
}

/** Matches of action trace from one stretch. Columns have equal length. */
export interface TraceBatch {
  readonly node: string;
  readonly sut: string;
  readonly condition: string;
  readonly mechanism: string;
  readonly design: Design;
  readonly phase: Phase;
  readonly fork: number;
  readonly block: number;
  readonly step: number;
  readonly atNs: BigUint64Array;
  readonly pid: Uint32Array;
  /** two's complement */
  readonly fd: Uint32Array;
  /** index in keywordList; 2^32−1 where it is not known */
  readonly keyword: Uint32Array;
  /** further matches, counted and not kept */
  readonly dropped: number;
}

/** One imported file: a run of one arm, in the order its rows stand in. */
export interface ImportedRun {
  /** index of the arm */
  readonly arm: number;
  readonly condition: string;
  /** name of the file, without its folder */
  readonly file: string;
  /** good rows, warm-up included */
  readonly rows: number;
  readonly warmupRows: number;
  /** ms since 1970, of the earliest and of the latest request */
  readonly firstStartMs: number;
  readonly lastStartMs: number;
}

/** how a study that added forks until its intervals were narrow came to its end */
export interface UntilRun {
  /** wanted, of the interval to either side */
  readonly halfWidthNs: number;
  /** MECHANISM or SUT/MECHANISM; empty for every comparison */
  readonly only: readonly string[];
  readonly budgetMs: number;
  /** forks at each look; the last one is where it stopped */
  readonly looks: readonly number[];
  readonly stopped: 'narrow' | 'budget' | 'interrupted';
}

export interface StudyRecord {
  readonly id: string;
  readonly seed: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly status: 'complete' | 'interrupted' | 'failed';
  readonly requestsPerArm: number;
  /** SUT → samples each arm should have after its warm-up, per node and condition */
  readonly plannedSamples: Readonly<Record<string, number>>;
  /** the user's fixed warm-up, or null where each SUT's own floor was used */
  readonly warmup: number | null;
  /** null or absent where the number of forks was fixed */
  readonly until?: UntilRun | null;
  readonly forks: number;
  readonly blocks: number;
  /** pairs that were planned no arm, since the mechanism has nothing to do with the SUT; absent: none */
  readonly unsuited?: readonly UnsuitedRow[];
  readonly action: string;
  readonly functions: readonly string[];
  /** name of the error that a blocked read failed with; null or absent unless the action is block */
  readonly blockErrno?: string | null;
  readonly suts: readonly string[];
  readonly mechanisms: readonly string[];
  readonly conditions: readonly string[];
  readonly keywords: number;
  readonly hookbenchVersion: string;
  readonly command: string;
  /** stated equivalence margin, ns, or null */
  readonly marginNs: number | null;
  readonly nodes: readonly NodeFacts[];
  readonly arms: readonly Arm[];
  readonly batches: readonly Batch[];
  readonly histograms: readonly Histogram[];
  /** absent where nobody counted */
  readonly kernelTimes?: readonly KernelTimes[];
  readonly catalogue: readonly MechanismFacts[];
  readonly keywordList: readonly string[];
  readonly traces: readonly TraceBatch[];
  readonly blocking: readonly BlockingRow[];
  readonly parity: readonly ParityRow[];
  readonly loss: readonly LossRow[];
  /** what makes the whole study invalid: cgroup throttling, steal time past a quarter of a core; one sentence each, empty when none.
   * Less steal time is a warning with code `cpu-steal`. */
  readonly throttling: readonly string[];
  /** what agents saw of each SUT and its surroundings; absent or empty where they did not look */
  readonly observations?: readonly Observation[];
  /** only where the study was imported: what its files say of when they were measured */
  readonly imported?: readonly ImportedRun[];
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
}
