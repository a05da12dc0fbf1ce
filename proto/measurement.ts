/** The messages of hookbench/v1/measurement.proto and the record that carries them, as plain objects. */

import type { Observation } from './observation.ts';

export type Vantage = 'unspecified' | 'client' | 'caller' | 'interposer' | 'kernel';
export type Design = 'unspecified' | 'alternated' | 'sliced';
export type Phase = 'unspecified' | 'warmup' | 'measure' | 'census' | 'void' | 'bystander';

export interface Place {
  sut: string;
  condition: string;
  fork: number;
  block: number;
  step: number;
  phase: Phase;
  design: Design;
  vantage: Vantage;
}

export interface Samples {
  place: Place;
  t0Ns: bigint;
  n: number;
  dtNs: Uint8Array;
  latencyNs: Uint8Array;
  arm: Uint8Array;
  flags: Uint8Array;
}

export interface Histogram {
  place: Place;
  mechanism: string;
  lowNs: number[];
  highNs: number[];
  counts: number[];
}

export interface Parity {
  place: Place;
  mechanism: string;
  source: string;
  expectedReads: number;
  seenReads: number;
  expectedBytes: number;
  seenBytes: number;
  expectedHits: number;
  seenHits: number;
}

export interface Loss {
  hop: string;
  sut: string;
  mechanism: string;
  received: number;
  lost: number;
}

export interface Note {
  code: string;
  detail: string;
}

/** columns of n entries: u64 times, u32 pid, descriptor and keyword index (see NO_KEYWORD_INDEX) */
export interface Traces {
  place: Place;
  mechanism: string;
  n: number;
  atNs: Uint8Array;
  pid: Uint8Array;
  fd: Uint8Array;
  keyword: Uint8Array;
  dropped: number;
}

export interface Blocking {
  place: Place;
  mechanism: string;
  refused: number;
  served: number;
  leaked: number;
  denied: number;
}

export interface KernelTime {
  place: Place;
  mechanism: string;
  fromNs: bigint;
  toNs: bigint;
  reads: number;
  runTimeNs: number;
  runs: number;
  besideRunTimeNs: number;
  besideRuns: number;
  missing: string;
}

export interface AssignmentEnd {
  status: string;
  code: string;
  message: string;
  nextStep: string;
  detail: string;
}

export type RecordBody =
  | { body: 'samples'; samples: Samples }
  | { body: 'histogram'; histogram: Histogram }
  | { body: 'parity'; parity: Parity }
  | { body: 'loss'; loss: Loss }
  | { body: 'note'; note: Note }
  | { body: 'end'; end: AssignmentEnd }
  | { body: 'traces'; traces: Traces }
  | { body: 'blocking'; blocking: Blocking }
  | { body: 'observation'; observation: Observation }
  | { body: 'kernelTime'; kernelTime: KernelTime };

export type MeasurementRecord = { sequence: number; studyId: string; assignmentId: string } & RecordBody;
