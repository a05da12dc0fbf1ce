/** Where a segment goes on behind a damaged stretch. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from './crc32.ts';
import { recordHead } from './record-head.ts';
import { FRAME_HEAD_BYTES } from './segment.ts';
import { MAX_PAYLOAD_BYTES } from './segment-read.ts';

/** a damaged frame is no longer than this: behind it the next one must begin */
const SEARCH_BYTES = 2 * MAX_PAYLOAD_BYTES;
/** where it is nearly always */
const NEAR_BYTES = 1024 * 1024;
/** checksums tried at most: a hostile file could hold a candidate at every second byte */
const BUDGET_BYTES = 16 * MAX_PAYLOAD_BYTES;
/** a record begins with its sequence (field 1, a varint) */
const FIRST_TAG = 0x08;

/** @param from offset of the damage
 * @returns offset of the first whole frame behind it that holds a record; null when there is none within reach, so that the rest is lost */
export function nextFrame(path: string, from: number): number | null {
  const fd = openSync(path, 'r');
  try {
    const rest = fstatSync(fd).size - from;
    for (const reach of [NEAR_BYTES, SEARCH_BYTES + FRAME_HEAD_BYTES + MAX_PAYLOAD_BYTES]) {
      const found = search(readAt(fd, from, Math.min(rest, reach)));
      if (found !== null) return from + found;
      if (reach >= rest) return null;
    }
    return null;
  } finally {
    closeSync(fd);
  }
}

function readAt(fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(fd, bytes, filled, length - filled, at + filled);
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

function search(bytes: Buffer): number | null {
  let budget = BUDGET_BYTES;
  for (let tag = bytes.indexOf(FIRST_TAG, FRAME_HEAD_BYTES + 1); tag !== -1; tag = bytes.indexOf(FIRST_TAG, tag + 1)) {
    const at = tag - FRAME_HEAD_BYTES;
    if (at > SEARCH_BYTES) return null;
    const length = bytes.readUInt32LE(at);
    if (length === 0 || length > MAX_PAYLOAD_BYTES || tag + length > bytes.length) continue;
    budget -= length;
    if (budget < 0) return null;
    const payload = bytes.subarray(tag, tag + length);
    if (crc32(payload) === bytes.readUInt32LE(at + 4) && isRecord(payload)) return at;
  }
  return null;
}

function isRecord(payload: Buffer): boolean {
  try {
    recordHead(payload);
    return true;
  } catch {
    return false;
  }
}
