/** What is said beyond single rows: across conditions, across nodes, and of where their uncertainty comes from. */

import type { Draft } from './compare.ts';
import { interactionTables } from './interaction.ts';
import { pooledRows } from './pooling.ts';
import type { StudyRecord } from './record.ts';
import type { Comparison, Results } from './results.ts';
import type { Row } from './row.ts';
import { varianceRows } from './variance.ts';

/** @param drafts, comparisons the treated rows, in equal order
 * Sequential rows are left out: their intervals don't hold what a run differs from the next by, so nothing may be pooled or contrasted.
 * Time O(blocks · mechanisms). */
export function acrossPlaces(
  { conditions, nodes }: Pick<StudyRecord, 'conditions' | 'nodes'>,
  drafts: readonly Draft[],
  comparisons: readonly Comparison[],
): Pick<Results, 'interactions' | 'pooled' | 'variance'> {
  const rows = drafts.flatMap(({ inference, paired, cell }, i): readonly Row[] => {
    const comparison = comparisons[i];
    return comparison === undefined || cell.design === 'sequential' ? [] : [{ comparison, inference, paired }];
  });
  const places = { conditions, nodes: nodes.map(({ id }) => id) };
  return { interactions: interactionTables(rows, places), pooled: pooledRows(rows), variance: varianceRows(rows) };
}
