/** What mechanisms that are attached from outside cost a process that they filter out. */

import { median } from '../stats/quantile.ts';
import { mean } from '../stats/summary.ts';
import { intervalUs } from './format.ts';
import { levelOf } from './looks.ts';
import { type ForkValues, meanByFork } from './own-time.ts';
import { pairedBlocks } from './paired-blocks.ts';
import { knownOver } from './parts.ts';
import type { Arm, StudyRecord } from './record.ts';
import type { BystanderRow, Bystanders, Part } from './results.ts';
import { type ArmSamples, armSamples, type Cell, cellsOf } from './select.ts';

/** One row per mechanism and place, and one of nothing attached against nothing attached. The process is compared with itself, slice by slice
 * of a block; a process start is one unit.
 * Time O(n log slice) of its samples. */
export function bystanders(study: StudyRecord): Bystanders {
  const attached = study.arms.filter(({ design, mechanism }) => design === 'sliced' && mechanism !== 'none');
  if (attached.length === 0) return { rows: [], notMeasured: 'no mechanism of this study is attached from outside' };
  const rows = cellsBeside(study).flatMap((cell) => rowsOf(study, cell));
  return { rows, notMeasured: rows.length > 0 ? null : 'no process beside was read from' };
}

/** its samples are stored under a phase of their own, which nothing else looks at */
function cellsBeside(study: StudyRecord): readonly Cell[] {
  const batches = study.batches
    .filter(({ phase }) => phase === 'bystander')
    .map((batch) => ({ ...batch, phase: 'measure' as const }));
  return cellsOf({ ...study, batches }, ['caller']);
}

function rowsOf(study: StudyRecord, cell: Cell): readonly BystanderRow[] {
  const baseArm = study.arms.find(({ mechanism, aa }) => mechanism === 'none' && !aa);
  if (baseArm === undefined) return [];
  const baseline = armSamples(cell, baseArm.index);
  const base = partOf(study, mediansOf(baseline));
  const others = study.arms.filter((arm) => arm !== baseArm && arm.design !== 'alternated');
  return others.flatMap((arm): BystanderRow[] => {
    const treated = armSamples(cell, arm.index);
    if (treated.latencyNs.length === 0) return [];
    const shift = partOf(study, meanByFork(pairedBlocks(baseline, treated)));
    const { sut, condition, node } = cell;
    return [{ sut, condition, node, treated: arm.mechanism, base, shift, sentence: sentenceOf(arm, sut, shift) }];
  });
}

function mediansOf({ latencyNs, blocks }: ArmSamples): ForkValues {
  const forks = [...new Set(blocks.map(({ fork }) => fork))];
  return new Map(
    forks.map((fork) => {
      const own = blocks.filter((span) => span.fork === fork);
      return [fork, mean(Float64Array.from(own, ({ start, end }) => median(latencyNs.subarray(start, end))))];
    }),
  );
}

function partOf(study: StudyRecord, values: ForkValues): Part {
  return knownOver(
    [...values.keys()],
    (fork) => values.get(fork),
    levelOf(study),
    'fewer than two process starts have it',
  );
}

function sentenceOf({ mechanism }: Arm, sut: string, shift: Part): string {
  const who =
    mechanism === 'none' ? 'nothing attached, against nothing attached (A/A)' : `${mechanism}, attached to others`;
  if (shift.estimateNs === null) return `${who}: not known, as ${shift.why}.`;
  const known = `${intervalUs(shift)} on each read of a process that it is not asked to watch (${sut})`;
  if (mechanism === 'none') return `${who}: ${intervalUs(shift)} on each read of ${sut}.`;
  return shift.lowNs > 0 ? `${who}: ${known}.` : `${who}: no cost seen, ${known}.`;
}
