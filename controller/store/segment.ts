/** Append-only segment files of records: after an 8-byte magic, frames of u32 length, u32 crc32 of the payload, payload (a hookbench.v1
 * Record, whose samples are columns). A frame that is cut off or does not match its crc ends the segment: everything before it holds. */

import { closeSync, constants, fdatasync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import crc from 'crc-32';

export const SEGMENT_MAGIC = Buffer.from('HKBSEG1\n', 'latin1');
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

export class SegmentWriter {
  readonly #fd: number;
  #end = SEGMENT_MAGIC.length;

  /** @throws ErrnoException EEXIST, ENOSPC, … */
  constructor(path: string) {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    this.#fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o640);
    writeSync(this.#fd, SEGMENT_MAGIC);
  }

  /** Written, not yet durable. A write that fails half way (disk full) leaves a torn tail that the next append writes over. */
  append(payload: Buffer): void {
    const frame = Buffer.allocUnsafe(8 + payload.length);
    frame.writeUInt32LE(payload.length, 0);
    frame.writeInt32LE(crc.buf(payload), 4);
    payload.copy(frame, 8);
    let done = 0;
    while (done < frame.length) done += writeSync(this.#fd, frame, done, frame.length - done, this.#end + done);
    this.#end += frame.length;
  }

  /** Everything appended before the call is on disk when it resolves. */
  sync(): Promise<void> {
    return new Promise((resolve, reject) =>
      fdatasync(this.#fd, (error) => (error === null ? resolve() : reject(error))),
    );
  }

  close(): void {
    fsyncSync(this.#fd);
    closeSync(this.#fd);
  }
}

export interface SegmentContent {
  readonly payloads: readonly Buffer[];
  /** bytes after the last whole frame; 0 in a segment that was closed well */
  readonly tornBytes: number;
}

/** @throws Error when the file is not a segment at all */
export function readSegment(path: string): SegmentContent {
  const bytes = readFileSync(path);
  if (!bytes.subarray(0, SEGMENT_MAGIC.length).equals(SEGMENT_MAGIC))
    throw new Error(`${path} is not a hookbench segment`);
  const payloads: Buffer[] = [];
  let at = SEGMENT_MAGIC.length;
  while (at + 8 <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    if (length > MAX_FRAME_BYTES || at + 8 + length > bytes.length) break;
    const payload = bytes.subarray(at + 8, at + 8 + length);
    if (crc.buf(payload) !== bytes.readInt32LE(at + 4)) break;
    payloads.push(payload);
    at += 8 + length;
  }
  return { payloads, tornBytes: bytes.length - at };
}
