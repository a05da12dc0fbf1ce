/** The ten recommendations on a terminal. */

import type { Recommendation, Results } from '../../analysis/results.ts';
import { RECOMMENDATION_TITLES } from '../words.ts';
import { plainText, wrap } from './layout.ts';
import { type Paint, paintFor } from './paint.ts';

/** @returns lines no wider than `columns`: each recommendation with what decided it, and last how many are met */
export function renderChecks(results: Results, o: { readonly columns: number; readonly color: boolean }): string {
  const columns = Math.max(40, Math.floor(o.columns) || 80);
  const paint = paintFor(o.color);
  const rows = results.recommendations.flatMap((row) => [
    ...wrap(`${mark(row, paint)} ${paint.bold(row.id)} ${titleOf(row)}`, columns, 0, 4),
    ...evidenceLines(row, columns).map((line) => paint.dim(line)),
  ]);
  const counted = (status: Recommendation['status']) =>
    results.recommendations.filter((row) => row.status === status).length;
  const sum = `${counted('met')} met, ${counted('unmet')} not met, ${counted('not-applicable')} not applicable`;
  return `${[...rows, '', ...wrap(`${plainText(results.study.id)}: ${sum}`, columns)].join('\n')}\n`;
}

/** a line for each place or comparison; a number stays beside its % */
function evidenceLines({ evidence }: Recommendation, columns: number): readonly string[] {
  return plainText(evidence)
    .split(/(?<=;) /)
    .flatMap((part) => wrap(part.replaceAll(' %', '\u00a0%'), columns, 4, 6))
    .map((line) => line.replaceAll('\u00a0', ' '));
}

function mark({ status }: Recommendation, paint: Paint): string {
  if (status === 'met') return paint.good('✓ met');
  return status === 'unmet' ? paint.bad('✕ not met') : paint.dim('– not applicable');
}

function titleOf({ id }: Recommendation): string {
  return Object.hasOwn(RECOMMENDATION_TITLES, id) ? (RECOMMENDATION_TITLES[id] ?? '') : '';
}
