/** The ten recommendations on a terminal. */

import type { Recommendation, Results } from '../../analysis/results.ts';
import { RECOMMENDATION_TITLES } from '../words.ts';
import { plainText, widthFor, wrap } from './layout.ts';
import { type Paint, paintFor } from './paint.ts';

/** @returns lines no wider than `columns`: each recommendation with what decided it, and last how many are met */
export function renderChecks(results: Results, o: { readonly columns: number; readonly color: boolean }): string {
  const columns = widthFor(o.columns);
  const paint = paintFor(o.color);
  const rows = results.recommendations.flatMap((row) => [
    ...wrap(`${mark(row, paint)} ${paint.bold(row.id)} ${titleOf(row)}`, columns, 0, 4),
    ...evidenceLines(row, columns).map((line) => paint.dim(line)),
  ]);
  return `${[...rows, '', ...wrap(plainText(`${results.study.id}: ${counted(results.recommendations, '')}`), columns)].join('\n')}\n`;
}

/** `STUDY-ID: 6 met, 2 not met (R4, R10), 2 not applicable`: the whole in one line, so it names the unmet ones */
export function countChecks({ study, recommendations }: Results): string {
  const unmet = recommendations.filter(({ status }) => status === 'unmet').map(({ id }) => id);
  return plainText(`${study.id}: ${counted(recommendations, unmet.length === 0 ? '' : ` (${unmet.join(', ')})`)}`);
}

function counted(recommendations: readonly Recommendation[], unmet: string): string {
  const of = (status: Recommendation['status']) => recommendations.filter((row) => row.status === status).length;
  return `${of('met')} met, ${of('unmet')} not met${unmet}, ${of('not-applicable')} not applicable`;
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
