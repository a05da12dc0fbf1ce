/** What the live page is told: the shapes that go over the event stream. Times are ms since 1970 by the controller's clock, latencies ns. */

import type { HostFacts, Support } from '#proto';

export interface CapabilityView {
  readonly id: string;
  readonly support: Support;
  /** part of a study that does not name it */
  readonly byDefault: boolean;
  readonly layer: string;
  readonly needs: string;
  readonly found: string;
}

export interface AgentView {
  readonly id: string;
  readonly state: 'connected' | 'away';
  /** since when it is in that state */
  readonly sinceMs: number;
  /** last message of any kind */
  readonly lastSeenMs: number;
  /** times its stream was opened since the controller started */
  readonly streams: number;
  readonly version: string;
  readonly host: HostFacts;
  readonly mechanisms: readonly CapabilityView[];
  readonly suts: readonly CapabilityView[];
  readonly conditions: readonly CapabilityView[];
}

/** What is being measured at this moment, by the last samples of a node. */
export interface NowView {
  readonly node: string;
  readonly sut: string;
  readonly design: string;
  readonly phase: string;
  /** mechanisms under way: one where sliced, all of them where alternated */
  readonly arms: readonly string[];
}

export interface StudyView {
  readonly id: string;
  /** analysing: measured, and its results are being made; the controller may say nothing for seconds */
  readonly status: 'running' | 'analysing' | 'complete' | 'interrupted' | 'failed';
  readonly startedMs: number;
  readonly endedMs: number | null;
  readonly seed: number;
  readonly forks: number;
  /** per fork; null where the plan could not be read */
  readonly blocks: number | null;
  readonly requestsPerArm: number | null;
  readonly suts: readonly string[];
  readonly mechanisms: readonly string[];
  readonly conditions: readonly string[];
  readonly action: string;
  readonly command: string;
  readonly doneSteps: number;
  readonly totalSteps: number;
  /** stored so far */
  readonly samples: number;
  readonly text: string;
  /** ms still to go, as far as the steps tell; null until some are done, and at the end */
  readonly leftMs: number | null;
  readonly now: readonly NowView[];
  readonly failure: { readonly message: string; readonly nextStep: string } | null;
  /** name of its folder under the controller's results; null where it was stored elsewhere */
  readonly folder: string | null;
}

/** One line of a chart. */
export interface SeriesView {
  readonly id: number;
  readonly node: string;
  readonly condition: string;
  readonly sut: string;
  readonly design: string;
  readonly vantage: string;
  readonly mechanism: string;
  readonly aa: boolean;
}

/** second since the study began; a later one of the same series and second replaces it */
export type Point = readonly [series: number, second: number, n: number, p50Ns: number, p95Ns: number];

/** What was known of a comparison at a moment of the study. */
export type IntervalPoint = readonly [
  second: number,
  blocks: number,
  estimateNs: number,
  lowNs: number,
  highNs: number,
];

export interface ComparisonView {
  readonly key: string;
  readonly node: string;
  readonly condition: string;
  readonly sut: string;
  readonly design: string;
  readonly vantage: string;
  /** `none` is the A/A arm */
  readonly treated: string;
  /** in which both arms ran to their end */
  readonly blocks: number;
  readonly forks: number;
  /** oldest first; empty while there are too few forks for an interval */
  readonly history: readonly IntervalPoint[];
}

export interface TroubleView {
  readonly atMs: number;
  readonly code: string;
  readonly detail: string;
  /** how often the same was told */
  readonly times: number;
}

export interface LossView {
  readonly hop: string;
  readonly received: number;
  readonly lost: number;
}

/** reads that hooks must have seen, and those they saw */
export interface ParityView {
  readonly mechanism: string;
  readonly expected: number;
  readonly seen: number;
  /** every stretch agreed in reads, bytes and hits */
  readonly ok: boolean;
}

export interface QueuedView {
  readonly ticket: string;
  /** the command that does the same */
  readonly words: string;
  readonly atMs: number;
  /** why it could not begin; null while it waits */
  readonly failure: string | null;
}

/** Everything a page needs to begin. */
export interface Snapshot {
  readonly nowMs: number;
  readonly agents: readonly AgentView[];
  readonly study: StudyView | null;
  readonly series: readonly SeriesView[];
  readonly points: readonly Point[];
  readonly comparisons: readonly ComparisonView[];
  readonly troubles: readonly TroubleView[];
  readonly losses: readonly LossView[];
  readonly parity: readonly ParityView[];
  readonly queue: readonly QueuedView[];
}

/** What changed since the tick before: a part that is there replaces the one before, points are added. */
export type Tick = Pick<Snapshot, 'nowMs'> & Partial<Omit<Snapshot, 'nowMs'>>;
