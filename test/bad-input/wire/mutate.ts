/** Bends a valid message: one to three mutations, drawn from a seed. Each has a name, so that a finding can say what it was. */

import type { Random } from '../../helpers/random.ts';
import { bytesMutations } from './mutate-bytes.ts';
import { treeMutations } from './mutate-tree.ts';
import { cloned, type Field, serialize } from './tree.ts';

export interface Mutant {
  readonly bytes: Buffer;
  /** the names of what was done to it */
  readonly how: string;
}

/** a whole number from 0 to n − 1 */
export function below(random: Random, n: number): number {
  return Math.floor(random.uniform() * n);
}

export function oneOf<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)] as T;
}

/** large ones, and those that are all refused alike, are drawn less often for the sake of the others */
const RARE = new Set([
  'many',
  'deep',
  'groups',
  'noise',
  'noise-inside',
  'tail-of-noise',
  'truncated',
  'beheaded',
  'endless-number',
]);
const RARITY = 0.12;

/** @param other another message, for parts that are put where they do not belong */
export function mutant(random: Random, message: readonly Field[], other: readonly Field[]): Mutant {
  const fields = cloned(message);
  const how: string[] = [];
  const times = 1 + (random.uniform() < 0.25 ? 1 + below(random, 2) : 0);
  for (let i = 0; i < times; i++) {
    if (random.uniform() < 0.3) continue;
    const [name, mutate] = drawn(random, treeMutations);
    mutate(random, fields, other);
    how.push(name);
  }
  const bytes = serialize(fields);
  if (how.length > 0 && random.uniform() < 0.9) return { bytes, how: how.join('+') };
  const [name, mutate] = drawn(random, bytesMutations);
  return { bytes: mutate(random, bytes), how: [...how, name].join('+') };
}

function drawn<T extends readonly [string, ...unknown[]]>(random: Random, mutations: readonly T[]): T {
  for (;;) {
    const found = oneOf(random, mutations);
    if (!RARE.has(found[0]) || random.uniform() < RARITY) return found;
  }
}
