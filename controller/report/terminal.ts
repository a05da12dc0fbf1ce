/** The comparison as a terminal shows it: the A/A check, a table per SUT, warnings, what was found in words, where the report is, what next. */

import type { Results } from '../analysis/results.ts';
import { blockingLines, timedNote, traceLines } from './actions.ts';
import { formatCount, formatElapsed, formatMany } from './format.ts';
import { sutViews } from './model.ts';
import { nextSteps } from './next.ts';
import { aaLines } from './terminal/aa.ts';
import { decompositionParts } from './terminal/decomposition.ts';
import { foundLines } from './terminal/found.ts';
import { renderGroup } from './terminal/group.ts';
import { plainText, proseWidth, widthFor, wrap } from './terminal/layout.ts';
import { type Paint, paintFor } from './terminal/paint.ts';
import { placeLines } from './terminal/places.ts';
import { warningLines } from './terminal/warnings.ts';

export interface TerminalOptions {
  /** width of the terminal; 80 where it is unknown. Below 40 it is taken as 40. */
  readonly columns: number;
  readonly color: boolean;
  /** every row's warnings and sentences, instead of each kind once */
  readonly verbose?: boolean;
  /** where things were written, shown as given: `{ label: 'report', path: 'results/x/report.html' }` */
  readonly paths?: readonly { readonly label: string; readonly path: string }[];
  /** further steps to suggest, after those that follow from the results */
  readonly next?: readonly string[];
}

/** @returns lines no wider than `columns`, ending in a newline; sentences stay within 100 columns, the tables take what there is */
export function renderTerminal(results: Results, options: TerminalOptions): string {
  const columns = widthFor(options.columns);
  const prose = proseWidth(columns);
  const paint = paintFor(options.color);
  const verbose = options.verbose === true;
  const sections = [
    header(results, prose, paint),
    aaLines(results, columns, prose, paint),
    ...sutViews(results).map((view) => sutLines(results, view, columns, paint)),
    actionLines(results, prose, paint),
    warningLines(results, prose, paint, verbose),
    ...placeLines(results, prose, paint, verbose),
    ...decompositionParts(results, prose, paint, verbose),
    foundLines(results, prose, paint, verbose),
    closing(results, options, prose, paint),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${text.join('\n\n')}\n`;
}

function header(results: Results, width: number, paint: Paint): readonly string[] {
  const { study } = results;
  const status = study.status === 'complete' ? 'complete' : paint.bad(`✕ ${study.status}`);
  const parts = [
    `${paint.bold('hookbench')} ${plainText(study.id)}`,
    status,
    `${formatCount(study.requestsPerArm)} requests per arm`,
    formatMany(study.forks, 'fork'),
    `seed ${study.seed}`,
    formatElapsed(study.startedAt, study.finishedAt),
  ];
  const confidence = results.comparisons.find((c) => c.block !== null)?.block?.confidence;
  const note =
    confidence === undefined
      ? []
      : wrap(`shift = with hook − without; [low, high] is its ${Math.round(confidence * 100)} % interval`, width);
  return [...wrap(parts.join(' · '), width, 0, 2), ...note.map((line) => paint.dim(line))];
}

function sutLines(
  results: Results,
  view: ReturnType<typeof sutViews>[number],
  columns: number,
  paint: Paint,
): readonly string[] {
  const tables = view.groups
    .filter((group) => group.comparisons.length > 0)
    .map((group) => renderGroup(results, group, columns, paint));
  const body = tables.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
  const none = [paint.bold(plainText(view.sut)), ...wrap('n/a (no comparison could be made)', columns, 2)];
  const warnings = view.warnings.flatMap(({ detail }) => wrap(`! ${plainText(detail)}`, proseWidth(columns), 2, 4));
  return [...(tables.length === 0 ? none : body), ...warnings.map((line) => paint.warn(line))];
}

function actionLines(results: Results, width: number, paint: Paint): readonly string[] {
  const note = timedNote(results);
  const lines = [
    ...blockingLines(results).flatMap(({ text, bad }) =>
      wrap(`${bad ? '✕' : '✓'} ${plainText(text)}`, width, 2, 4).map((line) => (bad ? paint.bad(line) : line)),
    ),
    ...traceLines(results).flatMap((text) => wrap(plainText(text), width, 2, 4)),
    ...(note === null ? [] : wrap(note, width, 2, 2).map((line) => paint.dim(line))),
  ];
  if (lines.length === 0) return [];
  return [paint.bold(results.blocking.length > 0 ? 'Blocked' : 'Traced'), ...lines];
}

function closing(results: Results, options: TerminalOptions, width: number, paint: Paint): readonly string[] {
  const paths = options.paths ?? [];
  const indent = Math.max(4, ...paths.map((p) => p.label.length)) + 2;
  const label = (text: string) => paint.bold(text) + ' '.repeat(indent - text.length);
  const where = paths.map((p) => `${label(p.label)}${plainText(p.path)}`);
  const steps = [...nextSteps(results), ...(options.next ?? [])].flatMap((step) =>
    wrap(plainText(step), width, indent).map((line, i) => (i === 0 ? label('next') + line.slice(indent) : line)),
  );
  return [...where, ...steps];
}
