/** Across conditions and nodes, and what would narrow the intervals. */

import type { Results, VarianceRow } from '../../analysis/results.ts';
import { interactionLines, pooledLines, varianceLines } from '../places.ts';
import { RANKING_TITLE, rankingLines } from '../ranking.ts';
import { plainText, wrap } from './layout.ts';
import type { Paint } from './paint.ts';

/** @returns one list of lines per part that has anything to say */
export function placeLines(
  results: Results,
  width: number,
  paint: Paint,
  verbose: boolean,
): readonly (readonly string[])[] {
  const part = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [paint.bold(title), ...lines.flatMap((line) => wrap(plainText(line), width, 2, 4))];
  return [
    part(RANKING_TITLE, rankingLines(results, verbose ? 2 : LEAST_RANKED)),
    part('Over all nodes', pooledLines(results)),
    part('From place to place', interactionLines(results)),
    verbose
      ? part('What the intervals come from', varianceLines(results))
      : part('What would narrow the intervals', narrowingLines(results.variance ?? [])),
  ];
}

/** of two hooks the table above says it */
const LEAST_RANKED = 3;

const CHEAPEST_FIRST = ['requests', 'blocks', 'forks', 'nodes'] as const;

/** `more blocks: bpftrace on java-hello, node-hello`: a line for each thing there can be more of */
function narrowingLines(rows: readonly VarianceRow[]): readonly string[] {
  return CHEAPEST_FIRST.flatMap((add) => {
    const own = rows.filter((row) => row.add === add);
    const conditions = new Set(rows.map(({ condition }) => condition));
    const hooks = [...new Set(own.map(({ treated }) => treated))].map((treated) => {
      const places = own
        .filter((row) => row.treated === treated)
        .map(({ sut, condition }) => (conditions.size > 1 ? `${sut} (${condition})` : sut));
      return `${treated} on ${[...new Set(places)].join(', ')}`;
    });
    return hooks.length === 0 ? [] : [`more ${add}: ${hooks.join('; ')}`];
  });
}
