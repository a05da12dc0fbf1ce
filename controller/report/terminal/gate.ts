/** A gate's answer on a terminal. */

import type { GateReport, GateRow, Outcome } from '../../gate/index.ts';
import { formatDuration, formatEstimate } from '../format.ts';
import { layTable, plainText, widthFor, wrap } from './layout.ts';
import { type Paint, paintFor } from './paint.ts';

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  passed: '✓ passed',
  failed: '✕ failed',
  undecided: '? undecided',
  unusable: '✕ unusable',
};

/** @returns lines no wider than `columns`: a row per budget and place, what is behind each that did not pass, the answer last */
export function renderGate(report: GateReport, o: { readonly columns: number; readonly color: boolean }): string {
  const columns = widthFor(o.columns);
  const paint = paintFor(o.color);
  const head = ['', 'hook', 'SUT', 'adds', 'budget'].map((text) => [paint.dim(text)]);
  const rows = report.rows.map((row) => [
    [painted(row, paint)],
    [plainText(row.mechanism)],
    [plainText(placeOf(report, row))],
    [row.shift === null ? 'n/a' : formatEstimate(row.shift).text],
    [`${row.statistic} < ${formatDuration(row.limitNs)}`],
  ]);
  const table = layTable([head, ...rows], columns) ?? rows.flatMap((row) => wrap(row.flat().join(' '), columns, 2, 4));
  const notes = report.rows
    .filter(({ outcome }) => outcome !== 'passed')
    .flatMap((row) => wrap(`! ${plainText(row.sentence)}`, columns, 2, 4).map((line) => paint.warn(line)));
  const answer = wrap(plainText(report.sentence), columns).map((line) =>
    report.passed ? paint.good(line) : paint.bad(line),
  );
  const next = wrap(`next: ${gateNext(report)}`, columns, 0, 6);
  return `${[...table, ...notes, '', ...answer, ...next].join('\n')}\n`;
}

function painted({ outcome }: GateRow, paint: Paint): string {
  const text = OUTCOME_WORDS[outcome];
  if (outcome === 'passed') return paint.good(text);
  return outcome === 'undecided' ? paint.warn(text) : paint.bad(text);
}

/** condition and node only where they tell rows apart */
export function placeOf({ rows }: GateReport, row: GateRow): string {
  const several = (pick: (one: GateRow) => string) => new Set(rows.map(pick)).size > 1;
  return [
    row.sut,
    ...(several(({ condition }) => condition) ? [row.condition] : []),
    ...(several(({ node }) => node) ? [row.node] : []),
  ].join(' · ');
}

/** the most pressing step */
export function gateNext({ rows, passed }: GateReport): string {
  const has = (outcome: Outcome) => rows.some((row) => row.outcome === outcome);
  if (has('unusable'))
    return 'mend what makes the rows unusable (hookbench analyze DIR tells more), and run the study again.';
  if (has('failed'))
    return 'the whole interval is past the budget: make the hook cheaper, or raise the budget knowingly.';
  if (has('undecided')) {
    const widest = rows.filter(({ outcome }) => outcome === 'undecided');
    const suts = [...new Set(widest.map(({ sut }) => sut))].join(',');
    return `narrow the interval: hookbench run --sut ${suts} with more --forks, or --until HALF-WIDTH.${passed ? ' Undecided counts as passed here.' : ''}`;
  }
  return 'nothing to mend: every interval lies wholly below its budget.';
}
