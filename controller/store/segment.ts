/** Append-only segment files of records: after an 8-byte magic, frames of u32 length, u32 crc32 of the payload, payload (a hookbench.v1
 * Record, whose samples are columns). A frame that is cut off or does not match its crc ends the segment: everything before it holds. */

import {
  closeSync,
  constants,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import crc from 'crc-32';
import { BenchError } from '#proto';

export const SEGMENT_MAGIC = Buffer.from('HKBSEG1\n', 'latin1');
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

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

export interface SegmentContent {
  readonly payloads: readonly Buffer[];
  /** bytes after the last whole frame; 0 in a segment that was closed well */
  readonly tornBytes: number;
}

/** A file cut off within its magic (the machine died as it was made) holds nothing. @throws BenchError usage when it is not a segment at all */
export function readSegment(path: string): SegmentContent {
  const bytes = readFileSync(path);
  const head = bytes.subarray(0, SEGMENT_MAGIC.length);
  if (!head.equals(SEGMENT_MAGIC.subarray(0, head.length))) {
    throw new BenchError('usage', `${path} is not a hookbench segment`);
  }
  if (head.length < SEGMENT_MAGIC.length) return { payloads: [], tornBytes: head.length };
  const payloads: Buffer[] = [];
  let at = SEGMENT_MAGIC.length;
  while (at + 8 <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    // no record is empty: a frame of zeros is what a crash leaves where the file grew before its bytes were written
    if (length === 0 || length > MAX_FRAME_BYTES || at + 8 + length > bytes.length) break;
    const payload = bytes.subarray(at + 8, at + 8 + length);
    if (crc.buf(payload) !== bytes.readInt32LE(at + 4)) break;
    payloads.push(payload);
    at += 8 + length;
  }
  return { payloads, tornBytes: bytes.length - at };
}
