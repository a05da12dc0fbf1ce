/** A reader of segment files of its own, after the layout in controller/README.md: the magic "HKBSEG1\n", then frames of u32 length, u32 crc32 of
 * the payload (both little-endian), payload. Shares no code with the product's. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SeenRecord, storedRecord } from './record.ts';

const MAGIC = 'HKBSEG1\n';
const HEAD_BYTES = 8;

export interface ReadFrame {
  /** byte offset of its head, and of what comes behind it */
  readonly at: number;
  readonly end: number;
  readonly record: SeenRecord;
}

export interface ReadSegment {
  readonly file: string;
  readonly frames: readonly ReadFrame[];
  /** bytes behind the last whole frame */
  readonly tornBytes: number;
}

/** every segment of a study's folder; none when it has no samples yet */
export function readSegments(dir: string): ReadSegment[] {
  return readdirSync(join(dir, 'samples'))
    .filter((name) => name.endsWith('.seg'))
    .sort()
    .map((file) => ({ file, ...readSegment(readFileSync(join(dir, 'samples', file))) }));
}

/** Up to the first frame that is cut off or damaged. @throws Error when the file does not begin with the magic */
export function readSegment(bytes: Buffer): { frames: ReadFrame[]; tornBytes: number } {
  const head = bytes.subarray(0, MAGIC.length).toString('latin1');
  if (!MAGIC.startsWith(head)) throw new Error(`not a segment: it begins with ${JSON.stringify(head)}`);
  const frames: ReadFrame[] = [];
  let at = Math.min(MAGIC.length, bytes.length);
  while (at + HEAD_BYTES <= bytes.length) {
    const end = at + HEAD_BYTES + bytes.readUInt32LE(at);
    if (end > bytes.length || end === at + HEAD_BYTES) break;
    const payload = bytes.subarray(at + HEAD_BYTES, end);
    if (crc32(payload) !== bytes.readUInt32LE(at + 4)) break;
    frames.push({ at, end, record: storedRecord(payload) });
    at = end;
  }
  return { frames, tornBytes: bytes.length - at };
}

/** a whole segment of these payloads, for tests */
export function segmentOf(payloads: readonly Uint8Array[]): Buffer {
  const frames = payloads.flatMap((payload) => {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(payload.length, 0);
    head.writeUInt32LE(crc32(payload), 4);
    return [head, payload];
  });
  return Buffer.concat([Buffer.from(MAGIC, 'latin1'), ...frames]);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of IEEE 802.3 (reflected, polynomial 0xEDB88320), byte by byte */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ (TABLE[(value ^ byte) & 0xff] as number);
  return (value ^ 0xffffffff) >>> 0;
}
