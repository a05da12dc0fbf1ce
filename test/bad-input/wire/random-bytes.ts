import type { Random } from '../../helpers/random.ts';

/** noise that is the same for the same seed */
export function randomBytes(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = Math.floor(random.uniform() * 256);
  return bytes;
}
