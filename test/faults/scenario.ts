/** A scenario is a round of faults against processes of its own, all of it decided by one number. */

import type { Random } from '../helpers/random.ts';
import type { Need } from '../helpers/require.ts';
import type { Round } from './journal.ts';
import type { World } from './world/undo.ts';

export interface RoundOptions {
  readonly world: World;
  /** of its own, empty */
  readonly dir: string;
  readonly random: Random;
  readonly seed: number;
  readonly round: Round;
  /** as few faults as show the kind, in as little time as that takes */
  readonly brief: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly needs: readonly Need[];
  /** rounds of it in a hundred of the long form */
  readonly weight: number;
  run(o: RoundOptions): Promise<void>;
}

/** from least to most, whole */
export function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random.uniform() * (most - least + 1));
}

export function oneOf<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random.uniform() * items.length)] as T;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** @throws Error when it takes longer */
export async function within<T>(what: string, timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
