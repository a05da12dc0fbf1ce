/** What the results say of the observation itself: parity, losses, the view from inside a hook, the nodes. */

import type { SampleStats } from './results-samples.ts';
import type { Vantage } from './terms.ts';

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
