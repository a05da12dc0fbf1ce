/** The comparison as a terminal shows it: the A/A check, a table per SUT, what was found in words, where the report is. */

import type { Results } from '../analysis/results.ts';
import { blockingLines, timedNote, traceLines } from './actions.ts';
import { formatCount, formatElapsed, formatEstimate, formatMany } from './format.ts';
import { groupLabel, studyWarnings, sutViews, unmatchedLoss } from './model.ts';
import { nextSteps } from './next.ts';
import { renderGroup } from './terminal/group.ts';
import { layTable, plainText, wrap } from './terminal/layout.ts';
import { type Paint, paintFor } from './terminal/paint.ts';
import { placeLines } from './terminal/places.ts';
import { missingReason } from './words.ts';

export interface TerminalOptions {
  /** width of the terminal; 80 where it is unknown. Below 40 it is taken as 40. */
  readonly columns: number;
  readonly color: boolean;
  /** where things were written, shown as given: `{ label: 'report', path: 'results/x/report.html' }` */
  readonly paths?: readonly { readonly label: string; readonly path: string }[];
  /** further steps to suggest, after those that follow from the results */
  readonly next?: readonly string[];
}

/** @returns lines no wider than `columns`, ending in a newline */
export function renderTerminal(results: Results, options: TerminalOptions): string {
  const columns = Math.max(40, Math.floor(options.columns) || 80);
  const paint = paintFor(options.color);
  const sections = [
    header(results, columns, paint),
    aaLines(results, columns, paint),
    ...sutViews(results).map((view) => sutLines(results, view, columns, paint)),
    actionLines(results, columns, paint),
    warningLines(results, columns, paint),
    foundLines(results, columns, paint),
    ...placeLines(results, columns, paint),
    closing(results, options, columns, paint),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${text.join('\n\n')}\n`;
}

function header(results: Results, columns: number, paint: Paint): readonly string[] {
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
      : wrap(`shift = with hook − without; [low, high] is its ${Math.round(confidence * 100)} % interval`, columns);
  return [...wrap(parts.join(' · '), columns, 0, 2), ...note.map((line) => paint.dim(line))];
}

function aaLines(results: Results, columns: number, paint: Paint): readonly string[] {
  const { aa } = results;
  const mark = aa.passed
    ? paint.good('✓ passed')
    : aa.comparisons.length === 0
      ? paint.warn('! none')
      : paint.bad('✕ failed');
  const labels = new Map(
    sutViews(results).flatMap((v) => v.groups.flatMap((g) => g.aa.map((c) => [c, groupLabel(results, g)] as const))),
  );
  const rows = aa.comparisons.map((c) => {
    const shift = c.shifts.p50 ?? c.block;
    return [
      [plainText(labels.get(c) ?? c.sut)],
      [c.design],
      shift === null ? [`n/a (${missingReason(c)})`] : [formatEstimate(shift).text],
    ];
  });
  const table = layTable(rows, columns, 4) ?? rows.flatMap((row) => wrap(row.flat().join(' '), columns, 4, 6));
  return [
    ...wrap(`${paint.bold('A/A')} ${mark}: ${plainText(aa.sentence)}`, columns, 0, 4),
    ...table.map((line) => paint.dim(line)),
  ];
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
  return [
    ...(tables.length === 0 ? none : body),
    ...view.warnings.flatMap((w) => warning(w.detail, columns, paint, 2)),
  ];
}

function warningLines(results: Results, columns: number, paint: Paint): readonly string[] {
  const loss = unmatchedLoss(results).map(
    (row) =>
      `${row.hop} lost ${formatCount(row.lost)} of ${formatCount(row.lost + row.received)} samples (${row.sut}, ${row.mechanism}, ${row.node})`,
  );
  return [...loss, ...studyWarnings(results).map((w) => w.detail)].flatMap((text) => warning(text, columns, paint, 0));
}

function actionLines(results: Results, columns: number, paint: Paint): readonly string[] {
  const note = timedNote(results);
  const lines = [
    ...blockingLines(results).flatMap(({ text, bad }) =>
      wrap(`${bad ? '✕' : '✓'} ${plainText(text)}`, columns, 2, 4).map((line) => (bad ? paint.bad(line) : line)),
    ),
    ...traceLines(results).flatMap((text) => wrap(plainText(text), columns, 2, 4)),
    ...(note === null ? [] : wrap(note, columns, 2, 2).map((line) => paint.dim(line))),
  ];
  if (lines.length === 0) return [];
  return [paint.bold(results.blocking.length > 0 ? 'Blocked' : 'Traced'), ...lines];
}

function foundLines(results: Results, columns: number, paint: Paint): readonly string[] {
  const found = results.comparisons.filter((c) => c.treated !== c.baseline);
  if (found.length === 0) return [];
  return [paint.bold('Found'), ...found.flatMap((c) => wrap(plainText(`${c.sut}: ${c.sentence}`), columns, 2, 4))];
}

function closing(results: Results, options: TerminalOptions, columns: number, paint: Paint): readonly string[] {
  const paths = options.paths ?? [];
  const width = Math.max(4, ...paths.map((p) => p.label.length)) + 2;
  const label = (text: string) => paint.bold(text) + ' '.repeat(width - text.length);
  const where = paths.map((p) => `${label(p.label)}${plainText(p.path)}`);
  const steps = [...nextSteps(results), ...(options.next ?? [])].flatMap((step) =>
    wrap(plainText(step), columns, width).map((line, i) => (i === 0 ? label('next') + line.slice(width) : line)),
  );
  return [...where, ...steps];
}

function warning(text: string, columns: number, paint: Paint, indent: number): readonly string[] {
  return wrap(`! ${plainText(text)}`, columns, indent, indent + 2).map((line) => paint.warn(line));
}
