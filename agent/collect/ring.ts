/** The reader of a ring file (hooks/abi/record.h). The file lies on memory, so pread and pwrite see what the hooked process's mapping sees.
 * The hooked process can write anything here: every number is checked before it is used, and sizes come from us, not from the file. */

import { closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import {
  type Bounds,
  decodeRecord,
  isPossible,
  NO_KEYWORD,
  RECORD_BYTES,
  RECORD_OFFSETS,
  type RingRecord,
} from './ring-record.ts';

export const RING_MAGIC = 0x31474e5252424b48n;
/** in the header, by a hook of somebody else's */
export const OWN_MAGIC = 0x314e574f4b424b48n;
export const ABI_VERSION = 1;
export const HEADER_BYTES = 4096;
export const RING_BYTES = 128;
const RING_SLOTS = 32;
const CAPACITY = 16_384;
/** What the file says is never believed past these: a hooked process that writes nonsense into its counters must not break the stream. */
const MOST_LOST = 0xffff_ffff;
/** records one drain hands over at least, before it goes by twice the capacity of a ring */
const MOST_RECORDS = RING_SLOTS * CAPACITY;
const MOST_COUNT = BigInt(Number.MAX_SAFE_INTEGER);
/** by its number in the header */
const SCANNERS: readonly (Scanner | null)[] = [null, 'ac', 'simd'];
const ACTION_NUMBER = { observe: 0, trace: 1, block: 2 } as const;
/** byte offsets in struct hb_ring_header */
export const HEADER_OFFSETS = {
  action: 28,
  attached: 32,
  pid: 36,
  keywords: 40,
  scanner: 44,
  unringed: 48,
  untrackedFds: 56,
  functions: 64,
  scannerLevel: 68,
  clock: 72,
  blockErrno: 76,
  ownMagic: 80,
  ownActions: 88,
};
const SCANNER_LEVELS = [null, 'ac', 'ssse3', 'avx2', 'avx512'] as const;
const CLOCKS = [null, 'vdso', 'tsc'] as const;
/** byte offsets in struct hb_ring */
export const RING_OFFSETS = {
  head: 0,
  tail: 8,
  overwritten: 16,
  reads: 24,
  bytes: 32,
  hits: 40,
  blocked: 48,
  eofs: 56,
  errors: 64,
};

export type Scanner = 'ac' | 'simd';

export interface RingHeader {
  readonly attached: boolean;
  readonly pid: number;
  readonly keywords: number;
  /** as asked for; `scannerLevel` is what runs on this processor with these keywords */
  readonly scanner: Scanner | null;
  readonly scannerLevel: (typeof SCANNER_LEVELS)[number];
  readonly clock: (typeof CLOCKS)[number];
  /** bit i: the i-th of read, recv, recvfrom, readv, recvmsg */
  readonly functions: number;
  /** errno of the calls that action block fails; 0 with other actions */
  readonly blockErrno: number;
  /** what a hook of somebody else's says it can do, bits in the order of observe, trace, block; null for ours */
  readonly own: { readonly actions: number } | null;
  /** counted reads for which no ring was free */
  readonly unringed: number;
  /** accepted descriptors whose reads the hook can't see */
  readonly untrackedFds: number;
}

export interface RingOptions {
  readonly action: keyof typeof ACTION_NUMBER;
  readonly slots?: number;
  readonly capacity?: number;
  /** how many keywords are looked for: a record that names another one is lost. Any, unless told */
  readonly keywords?: number;
}

export class RingFile {
  readonly path: string;
  readonly #fd: number;
  readonly #slots: number;
  readonly #capacity: number;
  readonly #collected: bigint[];
  readonly #keywords: number;
  readonly #sinceNs = process.hrtime.bigint();
  #unringedSeen = 0;
  #untrackedSeen = 0;

  /** Makes the file; it must not be there yet (no symbolic link is followed). */
  static create(path: string, o: RingOptions): RingFile {
    const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    return new RingFile(path, fd, o);
  }

  private constructor(path: string, fd: number, o: RingOptions) {
    this.path = path;
    this.#fd = fd;
    this.#slots = o.slots ?? RING_SLOTS;
    this.#capacity = o.capacity ?? CAPACITY;
    this.#keywords = o.keywords ?? NO_KEYWORD;
    this.#collected = Array.from({ length: this.#slots }, () => 0n);
    ftruncateSync(fd, this.#recordsAt(this.#slots));
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(ABI_VERSION, 8);
    header.writeUInt32LE(HEADER_BYTES, 12);
    header.writeUInt32LE(this.#slots, 16);
    header.writeUInt32LE(this.#capacity, 20);
    header.writeUInt32LE(RECORD_BYTES, 24);
    header.writeUInt32LE(ACTION_NUMBER[o.action], HEADER_OFFSETS.action);
    header.writeBigUInt64LE(RING_MAGIC, 0);
    writeSync(fd, header, 0, HEADER_BYTES, 0);
  }

  header(): RingHeader {
    const bytes = this.#read(0, 128);
    return {
      attached: bytes.readUInt32LE(HEADER_OFFSETS.attached) === 1,
      pid: bytes.readUInt32LE(HEADER_OFFSETS.pid),
      keywords: bytes.readUInt32LE(HEADER_OFFSETS.keywords),
      scanner: SCANNERS[bytes.readUInt32LE(HEADER_OFFSETS.scanner)] ?? null,
      scannerLevel: SCANNER_LEVELS[bytes.readUInt32LE(HEADER_OFFSETS.scannerLevel)] ?? null,
      clock: CLOCKS[bytes.readUInt32LE(HEADER_OFFSETS.clock)] ?? null,
      functions: bytes.readUInt32LE(HEADER_OFFSETS.functions),
      blockErrno: bytes.readUInt32LE(HEADER_OFFSETS.blockErrno),
      own:
        bytes.readBigUInt64LE(HEADER_OFFSETS.ownMagic) === OWN_MAGIC
          ? { actions: bytes.readUInt32LE(HEADER_OFFSETS.ownActions) }
          : null,
      unringed: bounded(bytes.readBigUInt64LE(HEADER_OFFSETS.unringed)),
      untrackedFds: bounded(bytes.readBigUInt64LE(HEADER_OFFSETS.untrackedFds)),
    };
  }

  /** counted reads since the file was made, over all threads */
  counts(): { reads: number; bytes: number; hits: number } {
    const rings = this.#read(HEADER_BYTES, this.#slots * RING_BYTES);
    const sum = (offset: number) => {
      let total = 0n;
      for (let slot = 0; slot < this.#slots; slot++) total += rings.readBigUInt64LE(slot * RING_BYTES + offset);
      return bounded(total);
    };
    return { reads: sum(RING_OFFSETS.reads), bytes: sum(RING_OFFSETS.bytes), hits: sum(RING_OFFSETS.hits) };
  }

  /** Records written since the last call, in time order. `lost` counts what was written since then and can't be had: overwritten before
   * or while it was read, not a record of this ABI, of a time before the ring or after now or with a keyword that is none, read without a free
   * ring, and each descriptor that could not be tracked. Never more
   * records are read than fit into two rings (or 524,288), whatever the file says; `lost` saturates at 2^32−1. */
  drain(): { reads: RingRecord[]; lost: number } {
    const rings = this.#read(HEADER_BYTES, this.#slots * RING_BYTES);
    const reads: RingRecord[] = [];
    let lost = 0n;
    for (let slot = 0; slot < this.#slots; slot++) {
      lost += this.#drainSlot(slot, rings.readBigUInt64LE(slot * RING_BYTES + RING_OFFSETS.head), reads);
    }
    const { unringed, untrackedFds } = this.header();
    lost += BigInt(Math.max(0, unringed - this.#unringedSeen) + Math.max(0, untrackedFds - this.#untrackedSeen));
    this.#unringedSeen = unringed;
    this.#untrackedSeen = untrackedFds;
    reads.sort((a, b) => (a.atNs < b.atNs ? -1 : a.atNs > b.atNs ? 1 : 0));
    return { reads, lost: Math.min(MOST_LOST, bounded(lost)) };
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** @returns how many records of this slot are lost */
  #drainSlot(slot: number, head: bigint, into: RingRecord[]): bigint {
    const tail = this.#collected[slot]!;
    if (head <= tail) return 0n;
    const capacity = BigInt(this.#capacity);
    const first = head - tail > capacity ? head - capacity : tail;
    const room = Math.max(MOST_RECORDS, 2 * this.#capacity) - into.length;
    const count = Math.min(room, Number(head - first));
    const bytes = this.#copy(slot, Number(first % capacity), count);
    const overwritten = this.#headOf(slot) - capacity;
    const bounds: Bounds = { sinceNs: this.#sinceNs, nowNs: process.hrtime.bigint(), keywords: this.#keywords };
    let taken = 0n;
    for (let i = 0; i < count; i++) {
      // the writer may be in the middle of this slot, for the record `capacity` later
      if (first + BigInt(i) <= overwritten) continue;
      if (bytes[i * RECORD_BYTES + RECORD_OFFSETS.abi] !== ABI_VERSION) continue;
      const record = decodeRecord(bytes, i * RECORD_BYTES);
      if (!isPossible(record, bounds)) continue;
      into.push(record);
      taken += 1n;
    }
    this.#collected[slot] = head;
    this.#saveTail(slot, head);
    return head - tail - taken;
  }

  /** `count` records of a slot, at most one round, as they lie in the ring from index `start` */
  #copy(slot: number, start: number, count: number): Buffer {
    const untilEnd = Math.min(count, this.#capacity - start);
    const at = this.#recordsAt(slot);
    return Buffer.concat([
      this.#read(at + start * RECORD_BYTES, untilEnd * RECORD_BYTES),
      this.#read(at, (count - untilEnd) * RECORD_BYTES),
    ]);
  }

  #headOf(slot: number): bigint {
    return this.#read(HEADER_BYTES + slot * RING_BYTES + RING_OFFSETS.head, 8).readBigUInt64LE(0);
  }

  #saveTail(slot: number, tail: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(tail);
    writeSync(this.#fd, bytes, 0, 8, HEADER_BYTES + slot * RING_BYTES + RING_OFFSETS.tail);
  }

  #recordsAt(slot: number): number {
    const rings = HEADER_BYTES + this.#slots * RING_BYTES;
    return Math.ceil(rings / 4096) * 4096 + slot * this.#capacity * RECORD_BYTES;
  }

  #read(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    readSync(this.#fd, bytes, 0, length, offset);
    return bytes;
  }
}

function bounded(count: bigint): number {
  return Number(count < MOST_COUNT ? count : MOST_COUNT);
}
