/** Records until the controller is done with them. What fits in a little memory stays there, so that a stream that flows touches no disk; past that
 * they are in a file of a fixed greatest size; past that, or on a full disk, they are refused and the caller counts them. A reserve is kept for the
 * few small records that a study can't do without. Everything is bounded: memory, file and number of records. */

import { closeSync, constants, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { RingSpace } from './ring-space.ts';

interface Kept {
  readonly length: number;
  /** measured values in it */
  readonly samples: number;
  readonly where: 'ring' | 'disk' | 'loose';
  /** in the ring or the file */
  readonly offset: number;
  /** a record that is nowhere else */
  readonly loose: Buffer | null;
}

/** memory for records while the stream flows: one piece, used over and over, so that nothing is left to the garbage collector */
const RING_BYTES = 4 * 1024 * 1024;
/** more memory, while the disk is full */
const NO_DISK_BYTES = 28 * 1024 * 1024;
/** for `always`, above every other bound, bytes and records */
const RESERVE_BYTES = 8 * 1024 * 1024;
const RESERVE_RECORDS = 10_000;
/** each takes some 100 bytes of memory wherever it lies */
const MOST_RECORDS = 200_000;

export interface SpoolDepth {
  readonly records: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

export class Spool {
  readonly #fd: number;
  readonly #memory = Buffer.alloc(RING_BYTES);
  readonly #ring = new RingSpace(RING_BYTES);
  readonly #file: RingSpace;
  #looseBytes = 0;
  /** #kept[#first + i] is the record with sequence #acked + 1 + i */
  #kept: Kept[] = [];
  #first = 0;
  #acked = 0;

  /** The file has no name once it is open: however this process ends, its room is free again. */
  constructor(path: string, limitBytes: number) {
    const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    this.#file = new RingSpace(limitBytes);
    this.#fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    rmSync(path);
  }

  get acked(): number {
    return this.#acked;
  }

  get last(): number {
    return this.#acked + this.#kept.length - this.#first;
  }

  get depth(): SpoolDepth {
    const memoryBytes = this.#ring.bytes + this.#looseBytes;
    return { records: this.last - this.#acked, memoryBytes, diskBytes: this.#file.bytes };
  }

  /** Memory to encode the next record in, which `append` then need not copy. Nothing is taken until then. */
  allocate(length: number): Buffer {
    const at = this.#ring.place(length);
    return at === null ? Buffer.allocUnsafe(length) : this.#memory.subarray(at, at + length);
  }

  /** @param record encoded with sequence last + 1
   * @param o.samples measured values in it
   * @param o.always whether it may use the reserve
   * @returns false when there is no room for it */
  append(record: Buffer, o: { samples: number; always: boolean }): boolean {
    if (this.last - this.#acked >= MOST_RECORDS + (o.always ? RESERVE_RECORDS : 0)) return false;
    const held = { length: record.length, samples: o.samples, loose: null };
    const inRing = this.#ring.place(record.length);
    if (inRing !== null) {
      if (record.buffer !== this.#memory.buffer) record.copy(this.#memory, inRing);
      this.#ring.take(inRing, record.length);
      this.#kept.push({ ...held, where: 'ring', offset: inRing });
      return true;
    }
    const inFile = this.#file.place(record.length);
    if (inFile !== null && this.#write(inFile, record)) {
      this.#file.take(inFile, record.length);
      this.#kept.push({ ...held, where: 'disk', offset: inFile });
      return true;
    }
    const most = (inFile === null ? 0 : NO_DISK_BYTES) + (o.always ? RESERVE_BYTES : 0);
    if (this.#looseBytes + record.length > most) return false;
    this.#looseBytes += record.length;
    this.#kept.push({ ...held, where: 'loose', offset: -1, loose: record });
    return true;
  }

  /** @returns the encoded record, to be used before it is acknowledged; null when it is or when it is not there yet */
  read(sequence: number): Buffer | null {
    const kept = this.#find(sequence);
    if (kept === undefined) return null;
    if (kept.where === 'ring') return this.#memory.subarray(kept.offset, kept.offset + kept.length);
    return kept.loose ?? this.#readAt(kept.offset, kept.length);
  }

  /** length of an encoded record, bytes; null as in `read` */
  lengthOf(sequence: number): number | null {
    return this.#find(sequence)?.length ?? null;
  }

  /** The controller is done with everything up to this sequence. @returns measured values in what is forgotten by this */
  ack(sequence: number): number {
    if (sequence > this.last) return 0;
    let samples = 0;
    for (; this.#acked < sequence; this.#acked++) samples += this.#forget(this.#kept[this.#first++] as Kept);
    if (this.#first > 1024 && this.#first * 2 > this.#kept.length) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
    return samples;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #find(sequence: number): Kept | undefined {
    return sequence > this.#acked ? this.#kept[this.#first + sequence - this.#acked - 1] : undefined;
  }

  #forget({ where, length, samples }: Kept): number {
    if (where === 'ring') this.#ring.free(length);
    else if (where === 'loose') this.#looseBytes -= length;
    else {
      this.#file.free(length);
      // nothing is in it: its room on the disk is given back
      if (this.#file.pieces === 0) ftruncateSync(this.#fd, 0);
    }
    return samples;
  }

  /** @returns false when the disk is full or ill: then the record is as well off in memory, as long as there is some */
  #write(offset: number, record: Buffer): boolean {
    try {
      let done = 0;
      while (done < record.length) done += writeSync(this.#fd, record, done, record.length - done, offset + done);
      return true;
    } catch {
      return false;
    }
  }

  #readAt(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    const got = readSync(this.#fd, bytes, 0, length, offset);
    if (got !== length) throw new Error(`the spool holds ${got} bytes at ${offset} instead of ${length}`);
    return bytes;
  }
}
