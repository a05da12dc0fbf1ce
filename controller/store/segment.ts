/** Writes append-only segment files (layout: FORMAT.md). A frame that is cut off or does not match its crc ends the segment: everything
 * before it holds. */

import {
  closeSync,
  constants,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  openSync,
  rmSync,
  writeSync,
  writevSync,
} from 'node:fs';
import { BenchError } from '#proto';
import { crc32 } from './crc32.ts';

export const SEGMENT_MAGIC = Buffer.from('HKBSEG1\n', 'latin1');

/** a frame is length and crc32 of the payload, then the payload */
export const FRAME_HEAD_BYTES = 8;

export class SegmentWriter {
  readonly #path: string;
  readonly #fd: number;
  readonly #head = Buffer.alloc(FRAME_HEAD_BYTES);
  #end = SEGMENT_MAGIC.length;
  #durableEnd = 0;
  #lastSequence = 0;
  #durableSequence = 0;
  /** the failed fdatasync after which nothing is known of what was written since the last good one */
  #poison: BenchError | null = null;
  #syncing: Promise<void> = Promise.resolve();

  /** @throws ErrnoException EEXIST, ENOSPC, … */
  constructor(path: string) {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    this.#path = path;
    this.#fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o640);
    try {
      writeAll(this.#fd, SEGMENT_MAGIC, 0);
    } catch (error) {
      // a later append may find room again: it must be able to make the file
      closeSync(this.#fd);
      rmSync(path, { force: true });
      throw error;
    }
  }

  /** bytes appended so far, the magic among them */
  get bytes(): number {
    return this.#end;
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** the highest sequence that is on disk with everything before it; 0 when there is none */
  get durableSequence(): number {
    return this.#durableSequence;
  }

  /** Written, not yet durable. One system call and no copy: a record is a batch of samples already, and a full disk is known at once, not
   * after others were taken. A write that fails half way leaves a torn tail that the next append writes over.
   * @param sequence the record's; 0 for one of the controller's own
   * @throws ErrnoException ENOSPC, …; BenchError after a failed fdatasync */
  append(payload: Buffer, sequence = 0): void {
    if (this.#poison !== null) throw this.#poison;
    this.#head.writeUInt32LE(payload.length, 0);
    this.#head.writeUInt32LE(crc32(payload), 4);
    const bytes = FRAME_HEAD_BYTES + payload.length;
    const done = writevSync(this.#fd, [this.#head, payload], this.#end);
    if (done < bytes) writeAll(this.#fd, Buffer.concat([this.#head, payload]).subarray(done), this.#end + done);
    this.#end += bytes;
    this.#lastSequence = Math.max(this.#lastSequence, sequence);
  }

  /** Everything appended before the call is on disk when it resolves. Without anything new it costs nothing.
   * Rejects with BenchError, now and for good, when the kernel could not bring it to the disk: after that it may have thrown pages away and
   * forgotten them, and a second fdatasync that succeeds proves nothing. */
  sync(): Promise<void> {
    const synced = this.#syncing.then(() => this.#sync());
    this.#syncing = synced.catch(() => undefined);
    return synced;
  }

  async #sync(): Promise<void> {
    if (this.#poison !== null) throw this.#poison;
    const end = this.#end;
    const sequence = this.#lastSequence;
    if (end === this.#durableEnd) return;
    const failure = await new Promise<NodeJS.ErrnoException | null>((resolve) => fdatasync(this.#fd, resolve));
    if (failure !== null) throw this.#poisoned(failure);
    this.#durableEnd = end;
    this.#durableSequence = sequence;
  }

  /** Cuts off what a failed append left behind, then makes everything durable. @throws ErrnoException, BenchError */
  close(): void {
    try {
      if (this.#poison !== null) throw this.#poison;
      ftruncateSync(this.#fd, this.#end);
      fsyncSync(this.#fd);
      this.#durableSequence = this.#lastSequence;
    } finally {
      closeSync(this.#fd);
    }
  }

  #poisoned(cause: NodeJS.ErrnoException): BenchError {
    const full = cause.code === 'ENOSPC' || cause.code === 'EDQUOT';
    this.#poison = new BenchError(
      full ? 'disk-full' : 'internal',
      `${this.#path} could not be brought to the disk: ${cause.message}`,
      { nextStep: 'look at the disk (dmesg, df); what was stored before is kept: hookbench fsck DIR', cause },
    );
    return this.#poison;
  }
}

function writeAll(fd: number, bytes: Buffer, at: number): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
}
