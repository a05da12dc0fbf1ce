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
  /** what its records time: the call and the hook's work, or the work alone; absent where it has none, and in studies of before 2026-11-23 */
  readonly clockHolds?: 'call' | 'work';
  /** of the file of a mechanism own:NAME; hookbench's own have none */
  readonly sha256?: string;
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

/** A number that was looked for: over the `forks` that saw it, or why none did. What nobody saw is never taken for 0. */
export type SeenNumber =
  | { readonly value: number; readonly forks: number }
  | { readonly value: null; readonly why: string };

/** One end as the agent saw its process; '' where there is no such thing or it can't be read. */
export interface SeenEnd {
  readonly node: string;
  readonly pod: string;
  readonly podUid: string;
  readonly container: string;
  readonly pidNamespace: string;
  readonly netNamespace: string;
  readonly mountNamespace: string;
  readonly cgroupNamespace: string;
}

/** The way from the load generator to the SUT: the longest and the least direct that a fork saw. */
export interface SeenPath {
  /** null where no fork saw it */
  readonly acceptedBy: 'sut' | 'other' | null;
  /** programs other than the SUT that accepted its connections */
  readonly acceptors: readonly string[];
  /** within one network namespace, one network device away, or past a gateway */
  readonly route: 'loopback' | 'link' | 'routed' | null;
  /** '' where it was not seen */
  readonly device: string;
  readonly deviceKind: string;
  /** programs of service meshes in the SUT's network namespace */
  readonly meshProxies: readonly string[];
  /** why the rest could not be seen */
  readonly missing: readonly string[];
}

/** Calls of one kind by the SUT, in a stretch that is not timed. */
export interface CallCount {
  /** system call, e.g. read or recvfrom */
  readonly call: string;
  /** what its descriptor was: socket, file, pipe, device or other */
  readonly kind: string;
  readonly calls: number;
  readonly bytes: number;
}

export type SeenReads =
  | { readonly requests: number; readonly forks: number; readonly calls: readonly CallCount[] }
  | { readonly calls: null; readonly why: string };

/** What was seen, not configured, of one SUT on one node in one condition while it was measured; all its forks together. */
export interface Observation {
  readonly sut: string;
  readonly node: string;
  readonly condition: string;
  /** forks that were observed, the time of their measured parts, and how much of it were slices of this SUT */
  readonly forks: number;
  readonly measuredMs: number;
  readonly slicedMs: number;
  /** each pair of places that forks saw; empty where no fork saw both ends */
  readonly ends: readonly { readonly load: SeenEnd; readonly sut: SeenEnd; readonly forks: number }[];
  readonly path: SeenPath;
  /** shares of one core's time: the forks' mean, weighted by their measured time */
  readonly tenants: {
    /** taken by the hypervisor, all cores */
    readonly stealShare: SeenNumber;
    /** used by processes that are neither SUT, load generator, probe, agent nor controller */
    readonly foreignCpuShare: SeenNumber;
    /** in which some task of the machine, our own included, waited for a CPU */
    readonly cpuPressureShare: SeenNumber;
    /** those foreign programs that used most, at most 3; the share is that of their worst fork */
    readonly foreign: readonly { readonly name: string; readonly share: number | null }[];
  };
  /** shares of the worst fork */
  readonly limits: {
    readonly throttledShare: SeenNumber;
    readonly memoryPressureShare: SeenNumber;
    readonly ioPressureShare: SeenNumber;
    /** waited for a CPU though runnable: the worst thread, of the time in slices of this SUT */
    readonly sutRunQueueShare: SeenNumber;
    readonly loadRunQueueShare: SeenNumber;
    /** times that a memory limit was met: the forks' sum */
    readonly memoryEvents: SeenNumber;
  };
  /** the sum of the forks that took a census */
  readonly reads: SeenReads;
}

/** A mechanism that was planned no arm on a SUT, as it has nothing to do with it. */
export interface UnsuitedRow {
  readonly sut: string;
  readonly mechanism: string;
  /** the mechanism's own sentence; absent in studies of before 2026-11-23 */
  readonly why?: string;
}
