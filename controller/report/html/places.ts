/** Pooled effects with their nodes, contrasts between places, and where the intervals' width comes from. */

import type { InteractionTable, PooledRow, Results, VarianceRow } from '../../analysis/results.ts';
import { nodesFigure } from '../figures/nodes.ts';
import type { Palette } from '../figures/palette.ts';
import { formatEstimate, formatNumber, formatPCell, formatPercent } from '../format.ts';
import { placeName, tableName, testText } from '../places.ts';
import { figureMarkup } from './figure.ts';
import { type Insertable, type Markup, markup } from './markup.ts';
import { durationMarkup, scrollTable, verdictMarkup } from './parts.ts';

/** null where the results say nothing of it */
export function placesSection(results: Results, palette: Palette): Markup | null {
  const { pooled = [], interactions = [], variance = [] } = results;
  if (pooled.length + interactions.length + variance.length === 0) return null;
  return markup`<section aria-labelledby="places"><h2 id="places">Across places</h2>${pooled.map((row, i) => pooledPart(row, i, palette))}${interactions.map(interactionPart)}${variance.length > 0 && variancePart(variance)}</section>`;
}

function pooledPart(row: PooledRow, index: number, palette: Palette): Markup {
  const { pooled, heterogeneity, prediction } = row;
  const nodes = row.nodes.map((one): readonly Insertable[] => [
    ...[one.node, shift(one), formatPercent(one.weight), verdictMarkup(one.verdict)],
  ]);
  const table = scrollTable({
    label: `${row.treated}, ${placeName(row)}, over all nodes`,
    caption: markup`${row.treated} on ${placeName(row)} (${row.design}), over all nodes. ${row.sentence}`,
    head: ['node', 'shift of the median', 'weight', ''],
    numeric: [1, 2],
    rows: [
      ...nodes,
      ['all nodes', shift(pooled), '100 %', `Holm's p ${formatPCell(pooled.pHolm)}`],
      ['a further node', prediction === null ? 'n/a (fewer than 3 nodes)' : range(prediction), '', ''],
    ],
  });
  const figures = `Q = ${formatNumber(heterogeneity.q, 2)} (p ${formatPCell(heterogeneity.qP)}), I² = ${formatPercent(heterogeneity.iSquared)}`;
  const figure = nodesFigure(row, placeName(row), `pooled-${index + 1}`, palette);
  return markup`${figureMarkup(figure)}${table}<p>${figures}, τ = ${durationMarkup(heterogeneity.tauNs)}. Random effects: DerSimonian and Laird, interval of Hartung and Knapp.</p>`;
}

function interactionPart(table: InteractionTable): Markup {
  const test =
    table.test === null ? 'n/a (no mechanism with enough units in every place)' : testText(table, table.test);
  return scrollTable({
    label: `Overhead by ${table.factor}, ${tableName(table)}`,
    caption: markup`Overhead by ${table.factor}, ${tableName(table)}: ${test}`,
    head: ['hook', `from ${table.factor}`, `to ${table.factor}`, 'difference of the shifts', "Holm's p", 'in words'],
    numeric: [3, 4],
    rows: table.contrasts.map((one) => [
      ...[one.treated, one.from, one.to, shift(one), formatPCell(one.pHolm), one.sentence],
    ]),
  });
}

function variancePart(rows: readonly VarianceRow[]): Markup {
  return scrollTable({
    label: 'What the intervals come from',
    caption:
      "Share of the variance of each row's shift by level, and what there should be more of to narrow its interval",
    head: ['hook', 'where', 'node', 'fork', 'block', 'request', 'more', 'in words'],
    numeric: [2, 3, 4, 5],
    rows: rows.map((row) => [
      ...[row.treated, `${placeName(row)}, ${row.design}`],
      ...(['node', 'fork', 'block', 'request'] as const).map((level) => levelCell(row, level)),
      ...[row.add, row.sentence],
    ]),
  });
}

function levelCell(row: VarianceRow, level: VarianceRow['levels'][number]['level']): Insertable {
  const found = row.levels.find((one) => one.level === level);
  if (!found) return 'n/a (one)';
  return found.kind === 'one-group' ? 'n/a (one)' : formatPercent(found.intervalShare);
}

interface Interval {
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
}

function shift(e: Interval): Markup {
  const { value, interval } = formatEstimate(e);
  return markup`<data value="${e.estimateNs}">${value}</data> <data value="${e.lowNs} ${e.highNs}">${interval}</data>`;
}

function range({ lowNs, highNs }: Pick<Interval, 'lowNs' | 'highNs'>): Insertable {
  const { interval } = formatEstimate({ estimateNs: highNs, lowNs, highNs });
  const unit = formatEstimate({ estimateNs: highNs, lowNs, highNs }).value.split(' ')[1];
  return markup`<data value="${lowNs} ${highNs}">${interval} ${unit}</data>`;
}
