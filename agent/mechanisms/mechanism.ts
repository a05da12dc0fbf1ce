/** A mechanism: one concrete way of putting the hook in front of read. One file (or folder), one registry line. */

import type { BlockErrno } from '#proto';
import type { Libc } from '../host/libc.ts';
import type { HostPort } from '../host/port.ts';
import type { SupportAnswer } from '../host/support.ts';

export const ACTIONS = ['observe', 'trace', 'block'] as const;
export type Action = (typeof ACTIONS)[number];

/** What a hook can be put in front of. `recv` and its family are other functions than `read` to a library, other system calls to a kernel. */
export const FUNCTIONS = ['read', 'recv', 'recvfrom', 'readv', 'recvmsg'] as const;
export type HookedFunction = (typeof FUNCTIONS)[number];

export type Layer = 'none' | 'application' | 'runtime' | 'library' | 'kernel';

/** What the hook is told; the same for every mechanism. */
export interface HookOrder {
  readonly keywords: readonly Uint8Array[];
  readonly action: Action;
  readonly functions: readonly HookedFunction[];
  /** what a blocked call fails with; ECONNRESET unless told, of no meaning with other actions */
  readonly blockErrno?: BlockErrno;
  readonly host: HostPort;
  /** a folder on memory that belongs to this fork, removed at its end */
  readonly dir: string;
  /** requests that one process gets at most between two drains of its hook */
  readonly mostReads: number;
}

/** counted reads since the hook was placed or attached */
export interface HookCounts {
  readonly reads: number;
  readonly bytes: number;
  readonly hits: number;
}

/** one counted read, as the hook timed it */
export interface HookRead {
  /** CLOCK_MONOTONIC at entry */
  readonly atNs: bigint;
  readonly latencyNs: number;
  readonly hit: boolean;
  readonly pid: number;
  readonly fd: number;
  /** index of the keyword found first, null for none or where the mechanism can't tell which */
  readonly keyword: number | null;
}

/** latencies of the counted reads, ns: each read, or a lossless histogram (both bounds inclusive) */
export type AttachedLatencies =
  | { readonly kind: 'reads'; readonly reads: readonly HookRead[] }
  | { readonly kind: 'histogram'; readonly lowNs: number[]; readonly highNs: number[]; readonly counts: number[] };

/** Matches of action `trace`, a bounded number a second; `dropped` counts those above the bound. */
export interface HookTraces {
  readonly matches: readonly HookRead[];
  readonly dropped: number;
}

/** A hook that is placed inside one process when that starts. */
export interface PlacedHook {
  /** what the process needs in its environment */
  readonly env: Readonly<Record<string, string>>;
  /** program and arguments that start the process in its place (exec, same pid), for a hook that must be there before the program is */
  readonly launcher?: readonly string[];
  /** @param pid what the process calls itself, as it stands in its ring @param hostPid what the agent calls it: another in a container
   * @throws BenchError hook-dead when the process has started without the hook */
  assertLive(pid: number, hostPid?: number): void;
  /** for a hook with a process of its own: null while that lives; afterwards its last lines. The SUT can't go on without it and is ended. */
  died?(): string | null;
  /** how it works in that process, known once it is live, e.g. the scanner in use */
  readonly manner?: () => string;
  /** It counts requests, once each, and not reads: how many bytes came for one it can't know. */
  readonly countsRequests?: true;
  /** null for a hook that tells nothing: what it saw is not known */
  counts(): HookCounts | null;
  /** Reads since the last drain, in time order, and how many were lost on the way; null as above. */
  drain(): { readonly reads: readonly HookRead[]; readonly lost: number } | null;
}

/** What an attached hook found for one process. */
export interface AttachedFindings {
  readonly pid: number;
  readonly counts: HookCounts;
  readonly latencies: AttachedLatencies;
  /** null when the matches are among the reads */
  readonly traces: HookTraces | null;
  readonly lost: number;
  /** reads longer than the scan window: bytes behind it were not scanned */
  readonly cut: number;
}

/** A hook that is attached to running processes from outside. */
export interface AttachedHook {
  /** how long attaching took until it was proven live, ms */
  readonly attachMs: number;
  /** facts worth a line in the report, e.g. the scan window */
  readonly notes: readonly string[];
  /** pid of the process that holds its BPF programs by descriptors; not there: what they take can't be counted */
  readonly holder?: number;
  /** null while it lives; afterwards its last lines */
  died(): string | null;
  /** Detaches and reads what was found: one for each process, in their order; none from a hook that tells nothing. @throws BenchError probe-died */
  detach(): Promise<readonly AttachedFindings[]>;
}

/** An action that a mechanism can't do, and why. */
export interface ActionLimit {
  readonly action: Action;
  readonly why: string;
}

/** What of a SUT decides whether a mechanism has anything to do with it. */
export interface SutTraits {
  readonly id: string;
  /** what runs its code */
  readonly runtime: 'jvm' | 'node' | 'python' | 'native';
  /** how it comes by the C library: a program without a dynamic linker can be preloaded nothing */
  readonly linkage: 'dynamic' | 'static';
  /** of its program on this machine; null, or not there, where that can't be told by the program's file (a script) or there is none */
  readonly libc?: Libc | null;
  /** has a filter of its own that does the hook's work when asked to (mechanism app-filter) */
  readonly filters: boolean;
  /** which of its processes reads requests: the one that was started (unless told), a worker that it has started, or one that is forked for
   * each connection */
  readonly serving?: 'itself' | 'worker' | 'each-connection';
}

interface MechanismBase {
  readonly id: string;
  readonly layer: Layer;
  readonly needs: string;
  readonly actions: readonly Action[];
  /** what it can be put in front of */
  readonly functions: readonly HookedFunction[];
  /** part of a study that names no mechanisms; the others are to be asked for */
  readonly byDefault: boolean;
  /** of the file, where it is not one of ours */
  readonly sha256?: string;
  probe(): Promise<SupportAnswer>;
  /** why it has nothing to do with a SUT, one sentence; null when it has. Not there: suits every SUT. */
  unsuited?(sut: SutTraits): string | null;
  /** what it can't do here and why, where that needs looking; those missing in `actions` are told anyway */
  limits?(): Promise<readonly ActionLimit[]>;
}

/** `none`: no hook at all. */
export interface BareMechanism extends MechanismBase {
  readonly kind: 'bare';
}

/** Lives inside the process: an instance with it and one without run side by side. */
export interface PlacedMechanism extends MechanismBase {
  readonly kind: 'placed';
  readonly vantage: 'interposer';
  /** what its records time: the call and the hook's work (unless told), or the work alone */
  readonly clockHolds?: 'work';
  /** why an attached mechanism can't count the reads of a process with this hook in it, one sentence; null when it can. Not there: each can. */
  uncounted?(attached: string): string | null;
  /** @param libc that the program runs on, for a hook that has a form for each; not told: glibc */
  place(order: HookOrder, name: string, libc?: Libc | null): Promise<PlacedHook>;
}

/** Taxes every process of the host: attached and detached around short slices. */
export interface AttachedMechanism extends MechanismBase {
  readonly kind: 'attached';
  readonly vantage: 'kernel';
  /** Attaches to the processes and returns when it is proven live. @throws BenchError attach-failed | cancelled */
  attach(order: HookOrder, pids: readonly number[], signal: AbortSignal): Promise<AttachedHook>;
}

export type Mechanism = BareMechanism | PlacedMechanism | AttachedMechanism;
