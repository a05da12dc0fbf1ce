/** What the analysis reads: one study as stored, in memory. Built by controller/store; pure data. */

import type { Design, LossRow, NodeFacts, ParityRow, Vantage } from './results.ts';

/** an arm of the study; `aa` marks the second `none` */
export interface Arm {
  readonly index: number;
  readonly mechanism: string;
  readonly aa: boolean;
  readonly design: Design | 'both';
}

export const PHASES = ['warmup', 'measure', 'census', 'void'] as const;
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
  readonly latencyNs: Uint32Array;
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
  readonly action: string;
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
  readonly parity: readonly ParityRow[];
  readonly loss: readonly LossRow[];
  /** what makes the whole study invalid: cgroup throttling, steal time past a quarter of a core; one sentence each, empty when none.
   * Less steal time is a warning with code `cpu-steal`. */
  readonly throttling: readonly string[];
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
}
