/** Records until the controller is done with them. What fits in a little memory stays there, so that a stream that flows touches no disk; past that
 * they are in a file of a fixed greatest size, used as a ring; past that, or on a full disk, they are refused and the caller counts them.
 * A reserve is kept for the few small records that a study can't do without. Everything is bounded: memory, file and number of records. */

import { closeSync, constants, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

interface Kept {
  readonly length: number;
  /** measured values in it */
  readonly samples: number;
  /** place in the file; -1 where it is in memory */
  readonly offset: number;
  readonly inMemory: Buffer | null;
}

/** records in memory while the stream flows, bytes */
const HOT_BYTES = 4 * 1024 * 1024;
/** records in memory while the disk is full, bytes */
const NO_DISK_BYTES = 32 * 1024 * 1024;
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
  readonly #limitBytes: number;
  /** #kept[#first + i] is the record with sequence #acked + 1 + i */
  #kept: Kept[] = [];
  #first = 0;
  #acked = 0;
  #memoryBytes = 0;
  #diskBytes = 0;
  /** where the next record goes in the file, and where the oldest one there begins */
  #head = 0;
  #tail = 0;
  #onDisk = 0;

  /** The file has no name once it is open: however this process ends, its room is free again. */
  constructor(path: string, limitBytes: number) {
    const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    this.#limitBytes = limitBytes;
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
    return { records: this.last - this.#acked, memoryBytes: this.#memoryBytes, diskBytes: this.#diskBytes };
  }

  /** @param record encoded with sequence last + 1
   * @param o.samples measured values in it
   * @param o.always whether it may use the reserve
   * @returns false when there is no room for it */
  append(record: Buffer, o: { samples: number; always: boolean }): boolean {
    const records = this.last - this.#acked;
    if (records >= MOST_RECORDS + (o.always ? RESERVE_RECORDS : 0)) return false;
    const held = { length: record.length, samples: o.samples };
    if (this.#memoryBytes + record.length <= HOT_BYTES) return this.#keep({ ...held, offset: -1, inMemory: record });
    const offset = this.#place(record.length);
    const written = offset === null ? 'no-room' : this.#write(offset, record);
    if (offset !== null && written === 'written') {
      this.#head = offset + record.length;
      return this.#keep({ ...held, offset, inMemory: null });
    }
    const bound = written === 'disk-full' ? NO_DISK_BYTES : HOT_BYTES;
    const most = bound + (o.always ? RESERVE_BYTES : 0);
    return this.#memoryBytes + record.length <= most && this.#keep({ ...held, offset: -1, inMemory: record });
  }

  /** @returns the encoded record; null when it is acknowledged or not there yet */
  read(sequence: number): Buffer | null {
    const kept = sequence > this.#acked ? this.#kept[this.#first + sequence - this.#acked - 1] : undefined;
    if (kept === undefined) return null;
    return kept.inMemory ?? this.#readAt(kept.offset, kept.length);
  }

  /** length of an encoded record, bytes; null as in `read` */
  lengthOf(sequence: number): number | null {
    return (sequence > this.#acked ? this.#kept[this.#first + sequence - this.#acked - 1]?.length : null) ?? null;
  }

  /** The controller is done with everything up to this sequence. @returns measured values in what is forgotten by this */
  ack(sequence: number): number {
    if (sequence > this.last) return 0;
    let samples = 0;
    while (this.#acked < sequence && this.#first < this.#kept.length) {
      samples += this.#forget(this.#kept[this.#first] as Kept);
      this.#first += 1;
      this.#acked += 1;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#kept.length) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
    return samples;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #keep(kept: Kept): true {
    this.#kept.push(kept);
    if (kept.inMemory !== null) this.#memoryBytes += kept.length;
    else {
      if (this.#onDisk === 0) this.#tail = kept.offset;
      this.#onDisk += 1;
      this.#diskBytes += kept.length;
    }
    return true;
  }

  #forget(kept: Kept): number {
    if (kept.inMemory !== null) this.#memoryBytes -= kept.length;
    else {
      this.#onDisk -= 1;
      this.#diskBytes -= kept.length;
      if (this.#onDisk === 0) this.#cut();
      else this.#tail = this.#nextOnDisk();
    }
    return kept.samples;
  }

  /** records lie in the file in their order: the oldest left begins where the first that is not in memory says */
  #nextOnDisk(): number {
    for (let i = this.#first + 1; ; i++) {
      const kept = this.#kept[i] as Kept;
      if (kept.inMemory === null) return kept.offset;
    }
  }

  /** @returns where in the ring so many bytes fit in one piece; null when nowhere */
  #place(length: number): number | null {
    if (this.#onDisk === 0) return length <= this.#limitBytes ? 0 : null;
    if (this.#head > this.#tail) {
      if (this.#head + length <= this.#limitBytes) return this.#head;
      return length <= this.#tail ? 0 : null;
    }
    return this.#head + length <= this.#tail ? this.#head : null;
  }

  #write(offset: number, record: Buffer): 'written' | 'disk-full' {
    try {
      let done = 0;
      while (done < record.length) done += writeSync(this.#fd, record, done, record.length - done, offset + done);
      return 'written';
    } catch {
      // whatever the disk's trouble is, the record is as well off in memory as long as that lasts
      return 'disk-full';
    }
  }

  /** nothing is in the file: its room on the disk is given back */
  #cut(): void {
    ftruncateSync(this.#fd, 0);
    this.#head = 0;
    this.#tail = 0;
  }

  #readAt(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    const got = readSync(this.#fd, bytes, 0, length, offset);
    if (got !== length) throw new Error(`the spool holds ${got} bytes at ${offset} instead of ${length}`);
    return bytes;
  }
}
