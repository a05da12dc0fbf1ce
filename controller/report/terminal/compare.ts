/** Two studies held against each other, on a terminal. */

import type { ComparedCell, Side, StudyComparison } from '../../compare/index.ts';
import { formatEstimate, formatShort } from '../format.ts';
import { DIFFERENCE_WORDS } from '../words.ts';
import { type Cell, layTable, plainText, proseWidth, widthFor, wrap } from './layout.ts';
import { type Paint, paintFor } from './paint.ts';

/** @returns lines no wider than `columns`: the studies, a row per cell, what was not compared and why, what else differs, the answer last */
export function renderComparison(
  comparison: StudyComparison,
  o: { readonly columns: number; readonly color: boolean },
): string {
  const columns = widthFor(o.columns);
  const paint = paintFor(o.color);
  const prose = proseWidth(columns);
  const sections = [
    header(comparison, prose, paint),
    table(comparison, columns, paint),
    notCompared(comparison, prose, paint),
    settings(comparison, prose, paint),
    found(comparison, prose, paint),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** sentences of what was found; of the others the table has said how much could have been missed */
function found({ cells, sentence }: StudyComparison, width: number, paint: Paint): readonly string[] {
  const told = cells.filter(({ verdict: one }) => one !== 'no-detectable-difference').map((cell) => cell.sentence);
  return [
    paint.bold('Found'),
    ...wrap(plainText(sentence), width, 2, 4),
    ...told.flatMap((text) => wrap(plainText(text), width, 2, 4)),
    ...wrap(`next: ${comparisonNext(cells)}`, width, 2, 8),
  ];
}

function comparisonNext(cells: readonly ComparedCell[]): string {
  if (cells.length === 0) return 'run again what is not compared; its lines say what to mend.';
  if (cells.some(({ verdict: one }) => one !== 'no-detectable-difference'))
    return 'before a difference is put down to the hook, run both again with nothing else differing.';
  return 'to find smaller differences, run both with more --forks; twice as many see about 0.7 of the size.';
}

function header({ a, b, statistic, cells }: StudyComparison, columns: number, paint: Paint): readonly string[] {
  const line = (name: string, study: StudyComparison['a']) => {
    const aa = study.aaPassed ? '' : ' · A/A did not pass everywhere';
    const status = study.status === 'complete' ? '' : ` · ${study.status}`;
    const text = `${name}  ${study.id} · ${study.startedAt.slice(0, 10)} · hookbench ${study.hookbenchVersion}${status}${aa}`;
    return wrap(plainText(text), columns, 0, 3);
  };
  const confidence = Math.round((cells[0]?.difference.confidence ?? 0.95) * 100);
  const note = `shift at ${statistic} = with hook − without; B − A with its ${confidence} % interval; sees: the smallest true difference that would be found 4 times in 5`;
  return [...line('A', a), ...line('B', b), ...wrap(note, columns).map((text) => paint.dim(text))];
}

function table(comparison: StudyComparison, columns: number, paint: Paint): readonly string[] {
  const { cells } = comparison;
  if (cells.length === 0) return [];
  const head: readonly Cell[] = ['hook', 'SUT', 'shift A', 'shift B', 'B − A', 'verdict', ''].map((text) => [
    paint.dim(text),
  ]);
  const wide = cells.map((cell): readonly Cell[] => [
    [paint.bold(plainText(cell.treated))],
    [plainText(placeOf(comparison, cell))],
    [shiftText(cell.a)],
    [shiftText(cell.b)],
    [formatEstimate(cell.difference).text],
    [verdict(cell, paint)],
    [seesText(cell)],
  ]);
  const inline = layTable([head, ...wide], columns);
  if (inline !== null) return inline;
  const stacked = cells.map((cell): readonly Cell[] => {
    const words = wrap(differenceWords(cell), 17, 0, 2).map((text) => paint.difference(cell.verdict, text));
    return [
      [paint.bold(plainText(cell.treated)), ...wrap(plainText(placeOf(comparison, cell)), 20)],
      two(cell.a.shift),
      two(cell.b.shift),
      two(cell.difference),
      [...words, paint.dim(seesText(cell))],
    ];
  });
  const narrowHead = head.filter((_, i) => i !== 1 && i !== head.length - 1);
  return (
    layTable([narrowHead, ...stacked], columns) ?? cells.flatMap((cell) => listed(comparison, cell, columns, paint))
  );
}

function listed(comparison: StudyComparison, cell: ComparedCell, columns: number, paint: Paint): readonly string[] {
  const item = (text: string) => wrap(text, columns, 4, 8);
  return [
    ...wrap(`${plainText(cell.treated)} on ${plainText(placeOf(comparison, cell))}`, columns, 2, 4),
    ...item(`A     ${shiftText(cell.a)}`),
    ...item(`B     ${shiftText(cell.b)}`),
    ...item(`B − A ${formatEstimate(cell.difference).text}`),
    ...item(`${verdict(cell, paint)}, ${seesText(cell)}`),
  ];
}

function two(e: Parameters<typeof formatEstimate>[0] | null): Cell {
  if (e === null) return ['n/a'];
  const { value, interval } = formatEstimate(e);
  return [value, interval];
}

function shiftText({ shift }: Side): string {
  return shift === null ? 'n/a' : formatEstimate(shift).text;
}

function verdict(cell: ComparedCell, paint: Paint): string {
  return paint.difference(cell.verdict, differenceWords(cell));
}

function differenceWords({ verdict: one }: ComparedCell): string {
  const { symbol, word } = DIFFERENCE_WORDS[one];
  return `${symbol} ${word}`;
}

function seesText({ difference }: ComparedCell): string {
  return `sees ${formatShort(difference.minimumDetectableNs)}`;
}

function notCompared({ notCompared: cells }: StudyComparison, columns: number, paint: Paint): readonly string[] {
  if (cells.length === 0) return [];
  const lines = cells.flatMap((cell) => {
    const shifts = [cell.a?.shift ? `A ${shiftText(cell.a)}` : '', cell.b?.shift ? `B ${shiftText(cell.b)}` : ''];
    const seen = shifts.filter((text) => text !== '').join(', ');
    const text = `${cell.treated} on ${cell.sut} (${cell.condition}, ${cell.node}): ${cell.reasons.join('; ')}${seen === '' ? '' : ` (seen, not to be used: ${seen})`}`;
    return wrap(`! ${plainText(text)}`, columns, 2, 4);
  });
  return [paint.bold('Not compared'), ...lines.map((line) => paint.warn(line))];
}

function settings({ settings: rows }: StudyComparison, columns: number, paint: Paint): readonly string[] {
  if (rows.length === 0) return [];
  const lines = rows.flatMap(({ name, a, b }) => wrap(plainText(`! ${name}: A ${a}; B ${b}`), columns, 2, 4));
  return [
    paint.bold('What else differs'),
    ...wrap('any of these may be behind a difference, and the numbers do not tell which', columns, 2).map(paint.dim),
    ...lines.map((line) => paint.warn(line)),
  ];
}

/** condition, node and vantage only where they tell cells apart */
export function placeOf({ cells, notCompared: others }: StudyComparison, cell: ComparedCell): string {
  const several = (pick: (one: { condition: string; node: string; vantage: string }) => string) =>
    new Set([...cells, ...others].map(pick)).size > 1;
  return [
    cell.sut,
    ...(several(({ condition }) => condition) ? [cell.condition] : []),
    ...(several(({ node }) => node) ? [cell.node] : []),
  ].join(' · ');
}
