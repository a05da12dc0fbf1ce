/** What attached mechanisms cost processes that they don't watch, as every renderer shares it. */

import type { BystanderRow, Comparison, Results } from '../analysis/results.ts';
import { partText } from './decomposition.ts';
import { formatCount } from './format.ts';
import { placeName } from './places.ts';

/** empty in results that say nothing of it; else rows, or why there are none */
export function bystanderLines(results: Results): readonly string[] {
  const { bystanders } = results;
  if (bystanders === undefined) return [];
  if (bystanders.notMeasured !== null) return [`not measured: ${bystanders.notMeasured}`];
  const { rows } = bystanders;
  const several = new Set(rows.map((row) => whereOf(row, rows))).size > 1;
  return rows.map((row) => (several ? `${whereOf(row, rows)}: ${row.sentence}` : row.sentence));
}

/** what the kernel counted of attached hooks, one line each */
export function kernelTimeLines(results: Results): readonly string[] {
  return (results.kernelTimes ?? []).map((row) => {
    const counted = `${formatCount(row.reads)} reads, outside the timed stretches`;
    return `${whereOf(row, results.kernelTimes ?? [])}: ${row.treated} ${partText(row.perRead)}${row.perRead.estimateNs === null ? '' : ` of each read (${counted})`}`;
  });
}

/** of a treated comparison's mechanism, in its place */
export function bystanderOf(results: Results, c: Comparison): BystanderRow | null {
  const isSame = (row: BystanderRow) =>
    row.treated === c.treated && row.condition === c.condition && row.node === c.node && c.treated !== c.baseline;
  return results.bystanders?.rows.find(isSame) ?? null;
}

type Where = Pick<BystanderRow, 'sut' | 'condition' | 'node'>;

/** "read-loop, process"; with the node where there are several */
function whereOf(row: Where, among: readonly Where[]): string {
  const isAlone = among.every(({ node }) => node === row.node);
  return isAlone ? placeName(row) : `${placeName(row)}, ${row.node}`;
}
