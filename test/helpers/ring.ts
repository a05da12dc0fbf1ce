/** Makes and reads ring files as hooks/abi/record.h lays them out, for tests of the hooks. Uses read and write only, as a
 * collector does. */
import { closeSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';

export const RECORD_BYTES = 32;
export const RING_BYTES = 128;
export const HEADER_BYTES = 4096;
export const NO_KEYWORD = 0xffff;
export const FLAG_HIT = 1;
export const FLAG_BLOCKED = 2;
export const RING_MAGIC = 0x31474e5252424b48n;

const ACTIONS = { observe: 0, trace: 1, block: 2 } as const;
export type Action = keyof typeof ACTIONS;

export interface RingOptions {
  readonly slots: number;
  readonly capacity: number;
  readonly action: Action;
}

export interface RingHeader {
  readonly action: number;
  readonly attached: number;
  readonly pid: number;
  readonly keywords: number;
  readonly scanner: number;
  readonly unringed: number;
  readonly untrackedFds: number;
  /** Bits, as in record.h. */
  readonly functions: number;
  readonly scannerLevel: number;
  readonly clock: number;
  readonly blockErrno: number;
}

export interface RingRecord {
  readonly tNs: bigint;
  readonly latencyNs: number;
  readonly pid: number;
  readonly tid: number;
  readonly fd: number;
  readonly bytes: number;
  readonly keyword: number;
  readonly flags: number;
  readonly abi: number;
}

export interface Ring {
  readonly head: number;
  readonly overwritten: number;
  readonly reads: number;
  readonly bytes: number;
  readonly hits: number;
  readonly blocked: number;
  readonly eofs: number;
  readonly errors: number;
  readonly tid: number;
  readonly claims: number;
  /** Those still in the ring, oldest first. */
  readonly records: readonly RingRecord[];
}

const recordsOffset = (slots: number): number => Math.ceil((HEADER_BYTES + slots * RING_BYTES) / 4096) * 4096;

/** Writes a new ring file: sized, header filled in, the magic last. */
export function createRing(path: string, options: RingOptions): void {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(1, 8);
  header.writeUInt32LE(HEADER_BYTES, 12);
  header.writeUInt32LE(options.slots, 16);
  header.writeUInt32LE(options.capacity, 20);
  header.writeUInt32LE(RECORD_BYTES, 24);
  header.writeUInt32LE(ACTIONS[options.action], 28);
  const magic = Buffer.alloc(8);
  magic.writeBigUInt64LE(RING_MAGIC);
  const fd = openSync(path, 'w');
  ftruncateSync(fd, recordsOffset(options.slots) + options.slots * options.capacity * RECORD_BYTES);
  writeSync(fd, header, 0, HEADER_BYTES, 0);
  writeSync(fd, magic, 0, 8, 0);
  closeSync(fd);
}

/** Moves one ring's tail to its head, as a collector does once it has the records. */
export function collectAll(path: string, slot: number): void {
  const fd = openSync(path, 'r+');
  const head = Buffer.alloc(8);
  readSync(fd, head, 0, 8, HEADER_BYTES + slot * RING_BYTES);
  writeSync(fd, head, 0, 8, HEADER_BYTES + slot * RING_BYTES + 8);
  closeSync(fd);
}

export function readHeader(path: string): RingHeader {
  const file = readFileSync(path);
  return {
    action: file.readUInt32LE(28),
    attached: file.readUInt32LE(32),
    pid: file.readUInt32LE(36),
    keywords: file.readUInt32LE(40),
    scanner: file.readUInt32LE(44),
    unringed: Number(file.readBigUInt64LE(48)),
    untrackedFds: Number(file.readBigUInt64LE(56)),
    functions: file.readUInt32LE(64),
    scannerLevel: file.readUInt32LE(68),
    clock: file.readUInt32LE(72),
    blockErrno: file.readUInt32LE(76),
  };
}

/** The rings that were ever owned; all of them when asked for: the kernel program's loader writes to the first without owning it. */
export function readRings(path: string, o: { unowned: boolean } = { unowned: false }): readonly Ring[] {
  const file = readFileSync(path);
  const slots = file.readUInt32LE(16);
  const all = Array.from({ length: slots }, (_, slot) => readRing(file, slot));
  return all.filter((ring) => o.unowned || ring.claims > 0);
}

/** The records of all rings, in the order of their clock. */
export function readRecords(path: string): readonly RingRecord[] {
  return readRings(path)
    .flatMap((ring) => ring.records)
    .sort((a, b) => (a.tNs < b.tNs ? -1 : a.tNs > b.tNs ? 1 : 0));
}

function readRing(file: Buffer, slot: number): Ring {
  const at = HEADER_BYTES + slot * RING_BYTES;
  const u64 = (offset: number): number => Number(file.readBigUInt64LE(at + offset));
  const capacity = file.readUInt32LE(20);
  const head = u64(0);
  const base = recordsOffset(file.readUInt32LE(16)) + slot * capacity * RECORD_BYTES;
  const kept = Math.min(head, capacity);
  return {
    head,
    overwritten: u64(16),
    reads: u64(24),
    bytes: u64(32),
    hits: u64(40),
    blocked: u64(48),
    eofs: u64(56),
    errors: u64(64),
    tid: file.readUInt32LE(at + 72),
    claims: file.readUInt32LE(at + 76),
    records: Array.from({ length: kept }, (_, i) =>
      readRecord(file, base + ((head - kept + i) % capacity) * RECORD_BYTES),
    ),
  };
}

function readRecord(file: Buffer, at: number): RingRecord {
  return {
    tNs: file.readBigUInt64LE(at),
    latencyNs: file.readUInt32LE(at + 8),
    pid: file.readUInt32LE(at + 12),
    tid: file.readUInt32LE(at + 16),
    fd: file.readInt32LE(at + 20),
    bytes: file.readInt32LE(at + 24),
    keyword: file.readUInt16LE(at + 28),
    flags: file.readUInt8(at + 30),
    abi: file.readUInt8(at + 31),
  };
}
