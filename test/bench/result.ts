/** Rounds → what is said of each row. */

import { median } from '../../controller/stats/quantile.ts';
import { type Estimate, medianInterval } from './estimate.ts';
import type { Measured, Round } from './measure.ts';
import type { Case } from './process.ts';
import { ROW, type Row } from './rows.ts';

export const CONFIDENCE = 0.95;

/** One row on one kind of read. */
export interface Cell {
  readonly of: Case;
  /** median of the base beside it, ns */
  readonly baseNs: number;
  readonly added: Estimate;
  /** with the hook over without */
  readonly ratio: number;
  /** added cost as a multiple of the reference hook's, 1 for itself; null without one */
  readonly ofReference: number | null;
  /** what is added for a process that the probe filters out */
  readonly bystander: Estimate | null;
}

export interface RowResult {
  readonly id: string;
  readonly title: string;
  readonly cells: readonly Cell[];
  /** why there are none */
  readonly missing: string | null;
}

export function resultsOf(rows: readonly Row[], measured: readonly Measured[], cases: readonly Case[]): RowResult[] {
  const rounds = measured.flatMap((one) => one.rounds);
  const failed = new Map(measured.flatMap((one) => [...one.failed]));
  const reference = new Map(cases.map((of) => [of, addedOf(rounds, ROW.reference, of)?.ns ?? null]));
  return rows.map((row) => {
    const missing = row.kind === 'missing' ? row.reason : (failed.get(row.id) ?? null);
    const { id, title } = row;
    if (missing !== null) return { id, title, cells: [], missing };
    const cells = cases.flatMap((of) => cellOf(rounds, { id, of, referenceNs: reference.get(of) ?? null }));
    return { id, title, cells, missing: cells.length > 0 ? null : 'it was not measured' };
  });
}

function cellOf(rounds: readonly Round[], o: { id: string; of: Case; referenceNs: number | null }): Cell[] {
  const added = addedOf(rounds, o.id, o.of);
  if (added === null) return [];
  const own = rounds.filter(({ row, of }) => row === o.id && of === o.of);
  const baseNs = median(Float64Array.from(own, (round) => round.baseNs));
  const beside = own.flatMap(({ bystander }) => (bystander === null ? [] : [bystander.withNs - bystander.baseNs]));
  return [
    {
      of: o.of,
      baseNs,
      added,
      ratio: (baseNs + added.ns) / baseNs,
      ofReference: o.referenceNs === null ? null : added.ns / o.referenceNs,
      bystander: beside.length > 0 ? medianInterval(Float64Array.from(beside), CONFIDENCE) : null,
    },
  ];
}

function addedOf(rounds: readonly Round[], id: string, of: Case): Estimate | null {
  const added = rounds
    .filter((round) => round.row === id && round.of === of)
    .map(({ withNs, baseNs }) => withNs - baseNs);
  return added.length > 0 ? medianInterval(Float64Array.from(added), CONFIDENCE) : null;
}
