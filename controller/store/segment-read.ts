/** Reads segment files (layout: FORMAT.md) frame by frame through one window, so that a file of any size needs little memory. */

import { readSync } from 'node:fs';
import { BenchError } from '#proto';
import { crc32 } from './crc32.ts';
import { withRegular } from './read-regular.ts';
import { FRAME_HEAD_BYTES, SEGMENT_MAGIC } from './segment.ts';

export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;
const WINDOW_BYTES = 1024 * 1024;

export interface Frame {
  /** byte offset of its head in the file */
  readonly at: number;
  /** a view of the window: good until the next frame is asked for */
  readonly payload: Buffer;
}

/** Why reading stopped where it did. `end`: after the last whole frame, at the end of the file. */
export type SegmentStop = 'end' | 'cut-off' | 'bad-length' | 'bad-crc';

export interface SegmentEnd {
  readonly stop: SegmentStop;
  /** the magic and the whole frames before the stop */
  readonly goodBytes: number;
  /** everything after them */
  readonly tornBytes: number;
}

/** Calls `onFrame` for each whole frame, in order, up to the first that is cut off or damaged. A file cut off within its magic (the machine
 * died as it was made) holds nothing.
 * @throws BenchError usage when it is not a segment, or one of another version, or no regular file; ErrnoException */
export function scanSegment(path: string, onFrame: (frame: Frame) => void): SegmentEnd {
  return withWindow(path, (window, bytes) => {
    const head = window.view(0, Math.min(SEGMENT_MAGIC.length, bytes));
    checkMagic(path, head);
    if (head.length === SEGMENT_MAGIC.length) return scan(window, SEGMENT_MAGIC.length, bytes, onFrame);
    return { stop: bytes === 0 ? 'end' : 'cut-off', goodBytes: 0, tornBytes: bytes };
  });
}

/** The same from the frame at `from` on, whatever comes before it. */
export function scanFrames(path: string, onFrame: (frame: Frame) => void, from: number): SegmentEnd {
  return withWindow(path, (window, bytes) => scan(window, from, bytes, onFrame));
}

/** @throws BenchError usage when the file does not begin as a segment of this version does, as far as it goes; ErrnoException */
export function checkSegmentMagic(path: string): void {
  withWindow(path, (window, bytes) => checkMagic(path, window.view(0, Math.min(SEGMENT_MAGIC.length, bytes))));
}

function scan(window: Window, from: number, bytes: number, onFrame: (frame: Frame) => void): SegmentEnd {
  let at = from;
  while (at < bytes) {
    const found = frameAt(window, at, bytes);
    if (typeof found === 'string') return { stop: found, goodBytes: at, tornBytes: bytes - at };
    onFrame({ at, payload: found });
    at += FRAME_HEAD_BYTES + found.length;
  }
  return { stop: 'end', goodBytes: at, tornBytes: 0 };
}

function withWindow<T>(path: string, work: (window: Window, bytes: number) => T): T {
  return withRegular(path, (fd, bytes) => work(new Window(fd, bytes), bytes));
}

/** the payload, or why there is none */
function frameAt(window: Window, at: number, end: number): Buffer | Exclude<SegmentStop, 'end'> {
  if (at + FRAME_HEAD_BYTES > end) return 'cut-off';
  const length = window.view(at, FRAME_HEAD_BYTES).readUInt32LE(0);
  // no record is empty: a frame of zeros is what a crash leaves where the file grew before its bytes were written
  if (length === 0 || length > MAX_PAYLOAD_BYTES) return 'bad-length';
  if (at + FRAME_HEAD_BYTES + length > end) return 'cut-off';
  const frame = window.view(at, FRAME_HEAD_BYTES + length);
  const payload = frame.subarray(FRAME_HEAD_BYTES);
  return crc32(payload) === frame.readUInt32LE(4) ? payload : 'bad-crc';
}

function checkMagic(path: string, head: Buffer): void {
  if (head.equals(SEGMENT_MAGIC.subarray(0, head.length))) return;
  const version = /^HKBSEG(\d)\n$/.exec(head.toString('latin1'))?.[1];
  if (version === undefined) throw new BenchError('usage', `${path} is not a hookbench segment`);
  throw new BenchError('usage', `${path} is a segment of version ${version}; this hookbench reads version 1`, {
    nextStep: 'read it with the version of hookbench that wrote it (study.json: hookbenchVersion)',
  });
}

/** A stretch of the file in memory, moved forward as frames are read. */
class Window {
  readonly #fd: number;
  readonly #fileBytes: number;
  #bytes = Buffer.allocUnsafe(WINDOW_BYTES);
  #start = 0;
  #filled = 0;

  constructor(fd: number, fileBytes: number) {
    this.#fd = fd;
    this.#fileBytes = fileBytes;
  }

  /** @param at + length within the file */
  view(at: number, length: number): Buffer {
    if (at < this.#start || at + length > this.#start + this.#filled) this.#move(at, length);
    return this.#bytes.subarray(at - this.#start, at - this.#start + length);
  }

  #move(at: number, length: number): void {
    if (length > this.#bytes.length) this.#bytes = Buffer.allocUnsafe(length);
    const wanted = Math.min(this.#bytes.length, this.#fileBytes - at);
    let done = 0;
    while (done < wanted) {
      const read = readSync(this.#fd, this.#bytes, done, wanted - done, at + done);
      if (read === 0) throw new BenchError('internal', 'a segment became shorter while it was read');
      done += read;
    }
    this.#start = at;
    this.#filled = done;
  }
}
