/** Records on disk until the controller says they are durable. Bounded: past the bound samples are dropped and counted. */

import { closeSync, constants, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

interface Stored {
  readonly offset: number;
  readonly length: number;
  /** the record itself, where the disk had no room for it */
  readonly inMemory: Buffer | null;
}

/** how much is kept in memory when the disk is full, before the failure is raised */
const MEMORY_LIMIT_BYTES = 32 * 1024 * 1024;

export class Spool {
  readonly #path: string;
  readonly #fd: number;
  readonly #limitBytes: number;
  /** #stored[i] is the record with sequence #acked + 1 + i */
  readonly #stored: Stored[] = [];
  #acked = 0;
  #end = 0;
  #inMemoryBytes = 0;

  constructor(path: string, limitBytes: number) {
    const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    this.#path = path;
    this.#limitBytes = limitBytes;
    this.#fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  }

  get acked(): number {
    return this.#acked;
  }

  get last(): number {
    return this.#acked + this.#stored.length;
  }

  /** whether a record of this size would pass the bound */
  full(bytes: number): boolean {
    return this.#end + bytes > this.#limitBytes;
  }

  /** @param record encoded with sequence last + 1 @throws ErrnoException when the disk is full */
  append(record: Buffer): void {
    const inMemory = this.#write(record) ? null : record;
    this.#stored.push({ offset: this.#end, length: record.length, inMemory });
    if (inMemory === null) this.#end += record.length;
  }

  /** @returns the encoded record; null when it is acknowledged or not there yet */
  read(sequence: number): Buffer | null {
    const stored = this.#stored[sequence - this.#acked - 1];
    if (stored === undefined) return null;
    if (stored.inMemory !== null) return stored.inMemory;
    const bytes = Buffer.allocUnsafe(stored.length);
    readSync(this.#fd, bytes, 0, stored.length, stored.offset);
    return bytes;
  }

  /** Everything up to this sequence is durable elsewhere. The file is cut when nothing is left in it. */
  ack(sequence: number): void {
    if (sequence <= this.#acked || sequence > this.last) return;
    const done = this.#stored.splice(0, sequence - this.#acked);
    for (const stored of done) this.#inMemoryBytes -= stored.inMemory?.length ?? 0;
    this.#acked = sequence;
    if (this.#stored.length > 0) return;
    ftruncateSync(this.#fd, 0);
    this.#end = 0;
  }

  /** @returns false when the disk is full and the record has to stay in memory */
  #write(record: Buffer): boolean {
    try {
      let done = 0;
      while (done < record.length) done += writeSync(this.#fd, record, done, record.length - done, this.#end + done);
      return true;
    } catch (error) {
      const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
      if (!full || this.#inMemoryBytes + record.length > MEMORY_LIMIT_BYTES) throw error;
      this.#inMemoryBytes += record.length;
      return false;
    }
  }

  close(): void {
    closeSync(this.#fd);
    rmSync(this.#path, { force: true });
  }
}
