/** Every whole frame of a segment, also those behind damage, which a plain read does not reach. */

import { statSync } from 'node:fs';
import { BenchError } from '#proto';
import { nextFrame } from '../next-frame.ts';
import type { Stretch } from '../quarantine.ts';
import { FRAME_HEAD_BYTES, SEGMENT_MAGIC } from '../segment.ts';
import { checkSegmentMagic, type Frame, scanFrames } from '../segment-read.ts';

export interface Walked {
  readonly bytes: number;
  /** in the order of the file; `tail`: nothing whole comes behind it */
  readonly damage: readonly (Stretch & { readonly tail: boolean })[];
}

/** past so many damaged stretches the rest counts as one */
const MAX_STRETCHES = 1000;

/** @throws BenchError usage when it is no segment and holds no frame of one, or it is of another version; ErrnoException */
export function walkSegment(path: string, onFrame: (frame: Frame) => void): Walked {
  const bytes = statSync(path).size;
  const damage: (Stretch & { tail: boolean })[] = [];
  const begin = beginning(path, bytes);
  if (begin.isDamaged) damage.push({ at: 0, bytes: begin.from, why: 'bad-magic', tail: false });
  let { from } = begin;
  while (from < bytes) {
    const end = scanFrames(path, onFrame, from);
    if (end.tornBytes === 0) break;
    const at = end.goodBytes;
    const next = damage.length < MAX_STRETCHES ? nextFrame(path, at) : null;
    damage.push({ at, bytes: (next ?? bytes) - at, why: end.stop, tail: next === null });
    if (next === null) break;
    from = next;
  }
  return { bytes, damage };
}

/** where its first frame is, also where the magic before it is damaged */
function beginning(path: string, bytes: number): { readonly from: number; readonly isDamaged: boolean } {
  try {
    checkSegmentMagic(path);
    return { from: bytes < SEGMENT_MAGIC.length ? 0 : SEGMENT_MAGIC.length, isDamaged: false };
  } catch (error) {
    const isOther = error instanceof BenchError && /of version/.test(error.message);
    const first = isOther ? null : nextFrame(path, 0);
    if (first === null) throw error;
    return { from: first, isDamaged: true };
  }
}

export function frameEnd(frame: Frame): number {
  return frame.at + FRAME_HEAD_BYTES + frame.payload.length;
}
