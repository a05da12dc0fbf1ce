/** Mutations that know nothing of the structure. */

import type { Random } from '../../helpers/random.ts';
import { randomBytes } from './random-bytes.ts';

type BytesMutation = (random: Random, bytes: Buffer) => Buffer;

export const bytesMutations: readonly (readonly [string, BytesMutation])[] = [
  ['bit-flip', (random, bytes) => flipped(random, bytes, 1)],
  ['bit-flips', (random, bytes) => flipped(random, bytes, 2 + Math.floor(random.uniform() * 30))],
  ['truncated', (random, bytes) => bytes.subarray(0, at(random, bytes))],
  ['beheaded', (random, bytes) => bytes.subarray(at(random, bytes))],
  ['tail-of-noise', (random, bytes) => Buffer.concat([bytes, randomBytes(random, 1 + at(random, bytes))])],
  ['noise-inside', noiseInside],
  ['doubled', (_random, bytes) => Buffer.concat([bytes, bytes])],
  ['noise', (random, bytes) => randomBytes(random, Math.max(1, at(random, bytes)))],
  ['empty', () => Buffer.alloc(0)],
];

export function flipped(random: Random, bytes: Buffer, times: number): Buffer {
  const changed = Buffer.from(bytes);
  for (let i = 0; i < times && changed.length > 0; i++) {
    const place = at(random, changed);
    changed[place] = (changed[place] as number) ^ (1 << Math.floor(random.uniform() * 8));
  }
  return changed;
}

function noiseInside(random: Random, bytes: Buffer): Buffer {
  const from = at(random, bytes);
  const noise = randomBytes(random, 1 + Math.floor(random.uniform() * 16));
  return Buffer.concat([bytes.subarray(0, from), noise, bytes.subarray(from)]);
}

function at(random: Random, bytes: Buffer): number {
  return Math.floor(random.uniform() * bytes.length);
}
