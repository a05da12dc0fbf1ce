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

/** @param other another message, for parts that are put where they do not belong */
export function mutant(random: Random, message: readonly Field[], other: readonly Field[]): Mutant {
  const fields = cloned(message);
  const how: string[] = [];
  const times = 1 + (random.uniform() < 0.25 ? 1 + below(random, 2) : 0);
  for (let i = 0; i < times; i++) {
    if (random.uniform() < 0.3) continue;
    const [name, mutate] = oneOf(random, treeMutations);
    mutate(random, fields, other);
    how.push(name);
  }
  const bytes = serialize(fields);
  if (how.length > 0 && random.uniform() < 0.8) return { bytes, how: how.join('+') };
  const [name, mutate] = oneOf(random, bytesMutations);
  return { bytes: mutate(random, bytes), how: [...how, name].join('+') };
}
