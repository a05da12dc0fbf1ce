/** Append-only segment files of records: after an 8-byte magic, frames of u32 length, u32 crc32 of the payload, payload (a hookbench.v1
 * Record, whose samples are columns). A frame that is cut off or does not match its crc ends the segment: everything before it holds. */

import { closeSync, constants, fdatasync, fsyncSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import crc from 'crc-32';

export const SEGMENT_MAGIC = Buffer.from('HKBSEG1\n', 'latin1');

export class SegmentWriter {
  readonly #fd: number;
  #end = SEGMENT_MAGIC.length;

  /** @throws ErrnoException EEXIST, ENOSPC, … */
  constructor(path: string) {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
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

  /** Written, not yet durable. A write that fails half way (disk full) leaves a torn tail that the next append writes over. */
  append(payload: Buffer): void {
    const frame = Buffer.allocUnsafe(8 + payload.length);
    frame.writeUInt32LE(payload.length, 0);
    frame.writeInt32LE(crc.buf(payload), 4);
    payload.copy(frame, 8);
    writeAll(this.#fd, frame, this.#end);
    this.#end += frame.length;
  }

  /** Everything appended before the call is on disk when it resolves. */
  sync(): Promise<void> {
    return new Promise((resolve, reject) =>
      fdatasync(this.#fd, (error) => (error === null ? resolve() : reject(error))),
    );
  }

  /** Cuts off what a failed append left behind, then makes everything durable. */
  close(): void {
    try {
      ftruncateSync(this.#fd, this.#end);
      fsyncSync(this.#fd);
    } finally {
      closeSync(this.#fd);
    }
  }
}

function writeAll(fd: number, bytes: Buffer, at: number): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
}
