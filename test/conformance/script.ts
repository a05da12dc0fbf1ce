/** The scripts that test/fixtures/conformance_driver.c runs: steps, their encoding, and the results that come back. */

import type { HookedFunction } from '../../agent/mechanisms/mechanism.ts';

export const SLOTS = 256;
export const AT_GUARD = 0xffff_ffff;
export const LONGEST_READ = 1 << 20;
const MAGIC = 0x31524353;
const MOST_EVENTS = 4096;
/** what a script of some thousand reads never takes, not even on an emulated processor */
const LIMIT_S = 60;
const OP_BYTES = 32;
const RESULT_BYTES = 48;

/** as in the table of conformance_driver.c */
export type Code =
  | 'A'
  | 'B'
  | 'C'
  | 'D'
  | 'E'
  | 'F'
  | 'I'
  | 'J'
  | 'K'
  | 'P'
  | 'R'
  | 'S'
  | 'T'
  | 'W'
  | 'X'
  | 'Y'
  | 'Z'
  | 'f'
  | 'p'
  | 's';

export const ACCEPT = { accept4: 1, tcp: 2, withAddress: 4 } as const;
export const DUPLICATE = { dup: 0, dup2: 1, dup3: 2, fcntl: 3, fcntlCloexec: 4 } as const;
export const CLOSE = { close: 0, syscall: 1, reset: 2 } as const;
export const FORK = { fork: 0, forkAndExit: 1, systemCall: 2 } as const;
export const READ = {
  read: 0,
  readChk: 1,
  recv: 2,
  recvfrom: 3,
  readv: 4,
  recvmsg: 5,
  staleFd: 6,
  badBuffer: 7,
} as const;
export const MSG = { oob: 1, peek: 2, trunc: 0x20 } as const;

/** `how` of a read → the function it calls */
export const FUNCTION_OF: Readonly<Record<number, HookedFunction>> = {
  [READ.read]: 'read',
  [READ.readChk]: 'read',
  [READ.recv]: 'recv',
  [READ.recvfrom]: 'recvfrom',
  [READ.readv]: 'readv',
  [READ.recvmsg]: 'recvmsg',
  [READ.staleFd]: 'read',
  [READ.badBuffer]: 'read',
};

/** One step. `a` and `b` are slots, or numbers of sequences (T J F X Y Z) and events (S s) within the scene. */
export interface Op {
  readonly code: Code;
  readonly how?: number;
  readonly parts?: number;
  readonly a?: number;
  readonly b?: number;
  readonly size?: number;
  readonly place?: number;
  readonly data?: Buffer;
  readonly dataTo?: number;
}

/** Steps that belong together and leave nothing open: the main program's, and those of the threads and children that it starts. */
export interface Scene {
  readonly name: string;
  readonly main: readonly Op[];
  readonly sequences: readonly (readonly Op[])[];
}

/** A step in its place. */
export interface PlacedOp extends Op {
  readonly scene: number;
  /** sequence it belongs to, over the whole script; 0 is the main program */
  readonly sequence: number;
}

export interface Script {
  readonly ops: readonly PlacedOp[];
  readonly encoded: Buffer;
}

const NAMES_SEQUENCE: ReadonlySet<Code> = new Set(['T', 'J', 'F', 'X', 'Y', 'Z']);
const NAMES_EVENT: ReadonlySet<Code> = new Set(['S', 's']);

/** @param stale what every buffer is filled with before a read */
export function assemble(scenes: readonly Scene[], stale: Buffer): Script {
  const sequences: PlacedOp[][] = [[]];
  let events = 0;
  for (const [scene, { main, sequences: own }] of scenes.entries()) {
    const [firstSequence, firstEvent] = [sequences.length, events];
    const placed = (sequence: number) => (op: Op) => {
      const event = NAMES_EVENT.has(op.code) ? firstEvent + (op.a ?? 0) : -1;
      events = Math.max(events, event + 1);
      const a = NAMES_SEQUENCE.has(op.code) ? firstSequence + (op.a ?? 0) : event >= 0 ? event : (op.a ?? 0);
      return { ...op, a, scene, sequence };
    };
    sequences[0]!.push(...main.map(placed(0)));
    for (const ops of own) sequences.push(ops.map(placed(sequences.length)));
  }
  if (events > MOST_EVENTS) throw new Error(`${events} events; the driver has ${MOST_EVENTS}`);
  return { ops: sequences.flat(), encoded: encode(sequences, stale) };
}

function encode(sequences: readonly (readonly PlacedOp[])[], stale: Buffer): Buffer {
  const ops = sequences.flat();
  const header = Buffer.alloc(32);
  const table = Buffer.alloc(8 * sequences.length);
  const steps = Buffer.alloc(OP_BYTES * ops.length);
  const data = [stale];
  let dataBytes = stale.length;
  let first = 0;
  for (const [i, { length }] of sequences.entries()) {
    table.writeUInt32LE(first, 8 * i);
    table.writeUInt32LE(length, 8 * i + 4);
    first += length;
  }
  for (const [i, op] of ops.entries()) {
    const at = i * OP_BYTES;
    steps.write(op.code, at, 'latin1');
    steps.writeUInt8(op.how ?? 0, at + 1);
    steps.writeUInt16LE(op.parts ?? 0, at + 2);
    const words = [op.a ?? 0, op.b ?? 0, op.size ?? 0, op.place ?? 0, dataBytes, op.data?.length ?? 0, op.dataTo ?? 0];
    for (const [k, word] of words.entries()) steps.writeUInt32LE(word, at + 4 + 4 * k);
    if (op.data !== undefined) data.push(op.data);
    dataBytes += op.data?.length ?? 0;
  }
  for (const [i, word] of [MAGIC, sequences.length, ops.length, dataBytes, stale.length, LIMIT_S].entries())
    header.writeUInt32LE(word, 4 * i);
  return Buffer.concat([header, table, steps, ...data]);
}

/** What one step gave, as the driver saw it. */
export interface StepResult {
  readonly done: boolean;
  readonly value: number;
  /** errno when value is −1 */
  readonly error: number;
  readonly fd: number;
  readonly pid: number;
  readonly tid: number;
  /** CLOCK_MONOTONIC around the call */
  readonly beforeNs: bigint;
  readonly afterNs: bigint;
  /** FNV-1a of the bytes a read returned */
  readonly hash: number;
}

export function resultsBytes(script: Script): number {
  return script.ops.length * RESULT_BYTES;
}

export function decodeResults(script: Script, bytes: Buffer): StepResult[] {
  return script.ops.map((_, i) => {
    const at = i * RESULT_BYTES;
    return {
      value: Number(bytes.readBigInt64LE(at)),
      error: bytes.readInt32LE(at + 8),
      fd: bytes.readInt32LE(at + 12),
      pid: bytes.readUInt32LE(at + 16),
      tid: bytes.readUInt32LE(at + 20),
      beforeNs: bytes.readBigUInt64LE(at + 24),
      afterNs: bytes.readBigUInt64LE(at + 32),
      hash: bytes.readUInt32LE(at + 40),
      done: bytes.readUInt32LE(at + 44) === 1,
    };
  });
}

/** For a reproduction: one line a step. */
export function describeOp(op: PlacedOp): string {
  const { code, how, parts, a, b, size, place, data, dataTo } = op;
  const number = (name: string, value: number | undefined) => (value === undefined ? [] : [`${name}=${value}`]);
  const at = place === AT_GUARD ? ['place=guard'] : number('place', place);
  const bytes = data === undefined ? [] : [`data[${data.length}]=${JSON.stringify(shown(data))}`];
  const words = [
    ...number('how', how),
    ...number('a', a),
    ...number('b', b),
    ...number('size', size),
    ...number('parts', parts),
  ];
  return [`sequence ${op.sequence}: ${code}`, ...words, ...at, ...bytes, ...number('dataTo', dataTo)].join(' ');
}

function shown(data: Buffer): string {
  if (data.length <= 120) return data.toString('latin1');
  return `${data.toString('latin1', 0, 60)} … ${data.toString('latin1', data.length - 60)}`;
}
