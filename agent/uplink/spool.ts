/** Records on disk until the controller says they are durable; in memory while the disk is full. Bounded: past the bound samples are dropped
 * and counted, everything else (counts, notes, the end) is small and always kept. */

import { closeSync, constants, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

interface Stored {
  readonly offset: number;
  readonly length: number;
  /** the record itself, where the disk had no room for it */
  readonly inMemory: Buffer | null;
}

/** how much is kept in memory while the disk is full */
const MEMORY_LIMIT_BYTES = 32 * 1024 * 1024;
const COPY_BYTES = 1024 * 1024;

export class Spool {
  readonly #fd: number;
  readonly #limitBytes: number;
  /** #stored[i] is the record with sequence #acked + 1 + i; those on disk lie in order, without gaps */
  #stored: Stored[] = [];
  #acked = 0;
  #end = 0;
  #inMemoryBytes = 0;

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
    return this.#acked + this.#stored.length;
  }

  /** of the file, acknowledged records that were not cut off yet included, and of what is kept in memory */
  get bytes(): number {
    return this.#end + this.#inMemoryBytes;
  }

  get limitBytes(): number {
    return this.#limitBytes;
  }

  /** Whether a record of this size would pass the bound. What is acknowledged makes room once it is half of the file. */
  full(bytes: number): boolean {
    if (this.#end + bytes > this.#limitBytes) this.#compact();
    return this.#end + bytes > this.#limitBytes;
  }

  /** @param record encoded with sequence last + 1 @throws ErrnoException when neither the disk nor the memory kept for that has room */
  append(record: Buffer): void {
    this.#append(record, MEMORY_LIMIT_BYTES);
  }

  /** For the few small records that must not be lost: past every bound they stay in memory. */
  appendAlways(record: Buffer): void {
    this.#append(record, Number.POSITIVE_INFINITY);
  }

  /** @returns the encoded record; null when it is acknowledged or not there yet */
  read(sequence: number): Buffer | null {
    const stored = this.#stored[sequence - this.#acked - 1];
    if (stored === undefined) return null;
    return stored.inMemory ?? this.#readAt(stored.offset, stored.length);
  }

  /** Everything up to this sequence is durable elsewhere. The file is cut when nothing is left in it. */
  ack(sequence: number): void {
    if (sequence <= this.#acked || sequence > this.last) return;
    const done = this.#stored.splice(0, sequence - this.#acked);
    for (const stored of done) this.#inMemoryBytes -= stored.inMemory?.length ?? 0;
    this.#acked = sequence;
    if (this.#end > 0 && this.#stored.every((stored) => stored.inMemory !== null)) this.#cut(0);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #append(record: Buffer, memoryLimitBytes: number): void {
    const inMemory = this.#write(record, memoryLimitBytes) ? null : record;
    this.#stored.push({ offset: this.#end, length: record.length, inMemory });
    if (inMemory === null) this.#end += record.length;
  }

  /** @returns false when the disk is full and the record has to stay in memory */
  #write(record: Buffer, memoryLimitBytes: number): boolean {
    try {
      this.#writeAt(this.#end, record);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const full = code === 'ENOSPC' || code === 'EDQUOT';
      if (!full || this.#inMemoryBytes + record.length > memoryLimitBytes) throw error;
      this.#inMemoryBytes += record.length;
      return false;
    }
  }

  /** Moves what is not acknowledged to the start of the file, where it fits in front of itself. */
  #compact(): void {
    const from = this.#stored.find((stored) => stored.inMemory === null)?.offset ?? this.#end;
    const bytes = this.#end - from;
    if (bytes > from) return;
    for (let at = 0; at < bytes; at += COPY_BYTES) {
      this.#writeAt(at, this.#readAt(from + at, Math.min(COPY_BYTES, bytes - at)));
    }
    this.#stored = this.#stored.map((stored) => ({ ...stored, offset: stored.offset - from }));
    this.#cut(bytes);
  }

  #cut(bytes: number): void {
    ftruncateSync(this.#fd, bytes);
    this.#end = bytes;
  }

  #readAt(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    const got = readSync(this.#fd, bytes, 0, length, offset);
    if (got !== length) throw new Error(`the spool holds ${got} bytes at ${offset} instead of ${length}`);
    return bytes;
  }

  #writeAt(offset: number, bytes: Buffer): void {
    let done = 0;
    while (done < bytes.length) done += writeSync(this.#fd, bytes, done, bytes.length - done, offset + done);
  }
}
