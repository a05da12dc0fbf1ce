/** Columns of a comparison's row about where its shift comes from. */

import type { Comparison, Part, Results } from '../analysis/results.ts';
import { bystanderOf } from './bystanders.ts';
import { decompositionOf, PARTS } from './decomposition.ts';

type Columns = Readonly<Record<string, number | string | null>>;

/** Empty in rows of none against none, and where a part is not known. */
export function partColumns(results: Results, c: Comparison): Columns {
  const row = decompositionOf(results, c);
  const columns = PARTS.map((name) => columnsOf(name, row?.[name]));
  return {
    reads_per_request: row?.readsPerRequest ?? null,
    own_by: row?.ownBy ?? null,
    ...Object.assign({}, ...columns),
    ...columnsOf('beyond_own', row?.beyondOwn),
    ...columnsOf('bystander', bystanderOf(results, c)?.shift),
  };
}

function columnsOf(name: string, part: Part | undefined): Columns {
  const known = part === undefined || part.estimateNs === null ? null : part;
  return {
    [`${name}_ns`]: known?.estimateNs ?? null,
    [`${name}_low_ns`]: known?.lowNs ?? null,
    [`${name}_high_ns`]: known?.highNs ?? null,
  };
}
