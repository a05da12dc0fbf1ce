/** The reader of a ring file (hooks/abi/record.h). The file lies on memory, so pread and pwrite see what the hooked process's mapping sees.
 * The hooked process can write anything here: every number is checked before it is used, and sizes come from us, not from the file. */

import { closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { decodeRecord, RECORD_BYTES, type RingRecord } from './ring-record.ts';

export const RING_MAGIC = 0x31474e5252424b48n;
export const ABI_VERSION = 1;
export const HEADER_BYTES = 4096;
export const RING_BYTES = 128;
const RING_SLOTS = 32;
const CAPACITY = 16_384;
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
};
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

export interface RingHeader {
  readonly attached: boolean;
  readonly pid: number;
  readonly keywords: number;
  readonly unringed: number;
}

export class RingFile {
  readonly path: string;
  readonly #fd: number;
  readonly #slots: number;
  readonly #capacity: number;
  readonly #collected: bigint[];
  #lostSeen = 0;

  /** Makes the file; it must not be there yet (no symbolic link is followed). */
  static create(path: string, o: { action: keyof typeof ACTION_NUMBER; slots?: number; capacity?: number }): RingFile {
    const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    return new RingFile(path, fd, o);
  }

  private constructor(
    path: string,
    fd: number,
    o: { action: keyof typeof ACTION_NUMBER; slots?: number; capacity?: number },
  ) {
    this.path = path;
    this.#fd = fd;
    this.#slots = o.slots ?? RING_SLOTS;
    this.#capacity = o.capacity ?? CAPACITY;
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
      unringed: Number(bytes.readBigUInt64LE(HEADER_OFFSETS.unringed)),
    };
  }

  /** counted reads since the file was made, over all threads */
  counts(): { reads: number; bytes: number; hits: number } {
    const rings = this.#read(HEADER_BYTES, this.#slots * RING_BYTES);
    const sum = (offset: number) => {
      let total = 0n;
      for (let slot = 0; slot < this.#slots; slot++) total += rings.readBigUInt64LE(slot * RING_BYTES + offset);
      return Number(total);
    };
    return { reads: sum(RING_OFFSETS.reads), bytes: sum(RING_OFFSETS.bytes), hits: sum(RING_OFFSETS.hits) };
  }

  /** Records written since the last call, in time order; `lost` counts those overwritten or not ringed since then. */
  drain(): { reads: RingRecord[]; lost: number } {
    const rings = this.#read(HEADER_BYTES, this.#slots * RING_BYTES);
    const reads: RingRecord[] = [];
    let overwritten = 0;
    for (let slot = 0; slot < this.#slots; slot++) {
      overwritten += this.#drainSlot(slot, rings.readBigUInt64LE(slot * RING_BYTES + RING_OFFSETS.head), reads);
    }
    const unringed = this.header().unringed;
    const lost = overwritten + unringed - this.#lostSeen;
    this.#lostSeen = unringed;
    reads.sort((a, b) => (a.atNs < b.atNs ? -1 : a.atNs > b.atNs ? 1 : 0));
    return { reads, lost };
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** @returns how many records of this slot were overwritten before they were read */
  #drainSlot(slot: number, head: bigint, into: RingRecord[]): number {
    const tail = this.#collected[slot]!;
    if (head <= tail) return 0;
    const capacity = BigInt(this.#capacity);
    const first = head - tail > capacity ? head - capacity : tail;
    const start = Number(first % capacity);
    const count = Number(head - first);
    const untilEnd = Math.min(count, this.#capacity - start);
    this.#decode(slot, start, untilEnd, into);
    this.#decode(slot, 0, count - untilEnd, into);
    this.#collected[slot] = head;
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(head);
    writeSync(this.#fd, bytes, 0, 8, HEADER_BYTES + slot * RING_BYTES + RING_OFFSETS.tail);
    return Number(first - tail);
  }

  #decode(slot: number, start: number, count: number, into: RingRecord[]): void {
    if (count === 0) return;
    const bytes = this.#read(this.#recordsAt(slot) + start * RECORD_BYTES, count * RECORD_BYTES);
    for (let i = 0; i < count; i++) into.push(decodeRecord(bytes, i * RECORD_BYTES));
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
