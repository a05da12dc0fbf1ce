/** The smallest part of a script that still disagrees. */

import type { Scenes } from './scenes.ts';
import type { Op, Scene } from './script.ts';

export type Disagrees = (scenes: Scenes) => Promise<boolean>;

/** Takes scenes away, then steps, as long as what is left disagrees (delta debugging, Zeller & Hildebrandt 2002).
 * @param tries runs at most; with none left the smallest found so far is returned */
export async function shrink(whole: Scenes, disagrees: Disagrees, tries: number): Promise<Scenes> {
  const budget = { left: tries };
  const tried = async (scenes: readonly Scene[]) => budget.left-- > 0 && (await disagrees({ ...whole, scenes }));
  const scenes = await fewer(whole.scenes, (some) => tried(some), budget);
  let smallest = [...scenes];
  for (const i of scenes.keys()) {
    const before = smallest[i]!;
    const withMain = (main: readonly Op[]): Scene => ({ ...before, main });
    const put = (scene: Scene) => smallest.map((old, k) => (k === i ? scene : old));
    smallest = put(withMain(await fewer(before.main, (main) => tried(put(withMain(main))), budget)));
    for (const s of before.sequences.keys()) {
      const now = smallest[i]!;
      const withOps = (ops: readonly Op[]): Scene => ({
        ...now,
        sequences: now.sequences.map((old, k) => (k === s ? ops : old)),
      });
      smallest = put(withOps(await fewer(now.sequences[s]!, (ops) => tried(put(withOps(ops))), budget)));
    }
  }
  return { ...whole, scenes: smallest };
}

/** Drops pieces of the list, large ones first, then smaller ones, as long as the rest disagrees. */
async function fewer<T>(
  all: readonly T[],
  disagrees: (some: readonly T[]) => Promise<boolean>,
  budget: { left: number },
): Promise<readonly T[]> {
  let kept = all;
  for (let size = Math.ceil(kept.length / 2); size >= 1 && budget.left > 0; size = Math.floor(size / 2)) {
    for (let from = 0; from < kept.length && budget.left > 0; ) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (rest.length < kept.length && (await disagrees(rest))) kept = rest;
      else from += size;
    }
  }
  return kept;
}
