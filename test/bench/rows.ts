/** What is measured: each row is one way of having, or not having, a hook. */

import type { PlacedHook } from '../../agent/mechanisms/mechanism.ts';

interface RowBase {
  readonly id: string;
  readonly title: string;
}

/** Lives inside a process of its own, beside one without. */
export interface PlacedRow extends RowBase {
  readonly kind: 'placed';
  place(dir: string): Promise<PlacedRun>;
}

export interface PlacedRun {
  /** what the process needs in its environment */
  readonly env: Readonly<Record<string, string>>;
  /** null for what is no hook of ours */
  readonly hook: PlacedHook | null;
  /** the hook records each read, and must have seen all of them */
  readonly records: boolean;
}

/** Comes and goes around slices of a running process. */
export interface AttachedRow extends RowBase {
  readonly kind: 'attached';
  /** Attaches to this process and returns when it is live; `poke` makes the calls that a probe may wait for. */
  attach(o: AttachOrder): Promise<AttachedRun>;
}

export interface AttachedRun {
  /** @returns what it has seen of the process; null when it does not tell */
  detach(): Promise<{ readonly reads: number; readonly hits: number } | null>;
}

export interface AttachOrder {
  readonly pid: number;
  readonly dir: string;
  poke(): Promise<void>;
}

/** Can't be measured here, and says why. */
export interface MissingRow extends RowBase {
  readonly kind: 'missing';
  readonly reason: string;
}

export type Row = PlacedRow | AttachedRow | MissingRow;

/** ids that targets and the table refer to */
export const ROW = {
  plainAgain: 'aa',
  interposition: 'interposition',
  clocks: 'clocks',
  scanAc: 'scan-ac',
  scanSimd: 'scan-simd',
  fullAc: 'full-ac',
  fullAcTrace: 'full-ac-trace',
  fullSimd: 'full-simd',
  fullSimdTsc: 'full-simd-tsc',
  reference: 'reference',
  slicedAgain: 'aa-sliced',
  bpftraceCount: 'bpftrace-count',
  bpftraceHist: 'bpftrace-hist',
  bpftraceFull: 'bpftrace-full',
  bpfFull: 'bpf-full',
  bpfFullTrace: 'bpf-full-trace',
  uprobeFull: 'uprobe-full',
  uprobeSymbol: 'uprobe:symbol-full',
} as const;
