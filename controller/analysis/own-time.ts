/** What the hook itself takes of one read, by process start. */

import { mean } from '../stats/summary.ts';
import type { Draft } from './compare.ts';
import { byFork, pairedBlocks } from './paired-blocks.ts';
import type { Arm, StudyRecord } from './record.ts';
import { armSamples, cellsOf } from './select.ts';
import { warmupOf } from './warmup.ts';

/** fork → ns */
export type ForkValues = ReadonlyMap<number, number>;

/** The hook's clock stands around the read and the scan, the caller's around the whole call: what the first shows beyond a read without a hook
 * is the hook's own. Medians of the same blocks, so that both have met the same machine; both clocks cost about the same and cancel.
 * @param micro a draft at the caller
 * @returns empty where the hook has no clock of its own
 * Time O(n log block). */
export function ownTimeAtCaller(study: StudyRecord, { cell, measured }: Draft): ForkValues {
  const inside = cellsOf(study, ['interposer']).find(
    ({ sut, node, condition, design }) =>
      sut === cell.sut && node === cell.node && condition === cell.condition && design === cell.design,
  );
  const [baseline, arm] = [armOf(study, measured.baseline), armOf(study, measured.treated)];
  if (!inside || !baseline || !arm) return new Map();
  const { forks } = warmupOf(study, cell);
  const before = armSamples(cell, baseline.index, forks);
  return meanByFork(pairedBlocks(before, armSamples(inside, arm.index, forks)));
}

/** A fork's mean over its blocks: the unit that every shift has. */
export function meanByFork(blocks: Draft['paired']): ForkValues {
  return new Map(
    [...byFork(blocks)].map(([fork, own]) => [fork, mean(Float64Array.from(own, (block) => block.medianShiftNs))]),
  );
}

function armOf({ arms }: StudyRecord, mechanism: string): Arm | undefined {
  return arms.find((arm) => arm.mechanism === mechanism && !arm.aa);
}
