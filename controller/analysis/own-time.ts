/** What the hook itself takes of one read, by process start. */

import { median } from '../stats/quantile.ts';
import { mean } from '../stats/summary.ts';
import type { Draft } from './compare.ts';
import { byFork, pairedBlocks } from './paired-blocks.ts';
import type { Arm, StudyRecord } from './record.ts';
import { armSamples, type Cell, cellsOf } from './select.ts';
import { warmupOf } from './warmup.ts';

/** fork → ns */
export type ForkValues = ReadonlyMap<number, number>;

/** The hook's clock stands around the read and the scan, the caller's around the whole call: what the first shows beyond a read without a hook
 * is the hook's own. Medians of the same blocks, so that both have met the same machine; both clocks cost about the same and cancel.
 * @param micro a draft at the caller
 * @returns empty where the hook has no clock of its own
 * Time O(n log block). */
export function ownTimeAtCaller(study: StudyRecord, { cell, measured }: Draft): ForkValues {
  const inside = insideOf(study, cell);
  const [baseline, arm] = [armOf(study, measured.baseline), armOf(study, measured.treated)];
  if (!inside || !baseline || !arm) return new Map();
  const { forks } = warmupOf(study, cell);
  const before = armSamples(cell, baseline.index, forks);
  return meanByFork(pairedBlocks(before, armSamples(inside, arm.index, forks)));
}

/** Does the mechanism's clock begin when the read is done, so that its records hold its own work and nothing else? */
export function holdsWorkAlone({ catalogue }: StudyRecord, mechanism: string): boolean {
  return catalogue.some(({ id, clockHolds }) => id === mechanism && clockHolds === 'work');
}

/** The work of such a mechanism by its records of the very requests that were timed outside: no loop is needed, and caches are as cold as they
 * are there. One reading of its clock is in it. A fork's mean over the medians of its blocks, as of a shift.
 * @param draft of the row itself
 * @returns ns a record; empty where it has none
 * Time O(n log block). */
export function ownTimeByWorkClock(study: StudyRecord, { cell, measured }: Draft): ForkValues {
  const inside = insideOf(study, cell);
  const arm = armOf(study, measured.treated);
  if (!inside || !arm) return new Map();
  const { latencyNs, blocks } = armSamples(inside, arm.index, warmupOf(study, cell).forks);
  const medians = new Map<number, number[]>();
  for (const { fork, start, end } of blocks)
    medians.set(fork, [...(medians.get(fork) ?? []), median(latencyNs.subarray(start, end))]);
  return new Map([...medians].map(([fork, own]) => [fork, mean(Float64Array.from(own))]));
}

/** the hook's own records of the same place */
function insideOf(study: StudyRecord, at: Cell): Cell | undefined {
  return cellsOf(study, ['interposer']).find(
    ({ sut, node, condition, design }) =>
      sut === at.sut && node === at.node && condition === at.condition && design === at.design,
  );
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
