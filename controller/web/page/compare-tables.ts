/** The tables of a comparison: what was compared, what was not and why, and what else differs between the studies. */

import type { CellName, ComparedCell, Side, StudyComparison, UncomparedCell } from '../../compare/index.ts';
import { formatDuration, formatEstimate, formatShort } from '../../report/format.ts';
import { DIFFERENCE_WORDS, VERDICT_WORDS } from '../../report/words.ts';
import { h } from './dom.ts';

const METHOD =
  'Shift = with the hook − without, at the median. B − A with its 95 % interval by Welch, a process start being one observation of its study; verdicts after Holm over these rows. “Sees”: the smallest true difference that would be found 4 times in 5. Studies at different times differ in more than what was changed on purpose.';

export function comparisonTables({ cells, notCompared, settings }: StudyComparison): HTMLElement[] {
  return [
    ...(cells.length === 0 ? [] : [compared(cells), h('p', { class: 'muted' }, METHOD)]),
    ...(notCompared.length === 0 ? [] : [h('h2', {}, 'Not compared'), others(notCompared)]),
    ...(settings.length === 0 ? [] : differing(settings)),
  ];
}

function table(name: string, head: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': name },
    h(
      'table',
      { class: 'sides' },
      h('thead', {}, h('tr', {}, ...head.map((word) => h('th', { scope: 'col' }, word)))),
      h('tbody', {}, ...rows),
    ),
  );
}

function compared(cells: readonly ComparedCell[]): HTMLElement {
  const head = ['cell', 'hook', 'shift in A', 'shift in B', 'B − A'];
  const rows = cells.map((cell) =>
    h(
      'tr',
      { 'data-verdict': cell.verdict },
      place(cell),
      h('td', { 'data-label': 'hook' }, cell.treated),
      h('td', { 'data-label': 'shift in A' }, ...shift(cell.a)),
      h('td', { 'data-label': 'shift in B' }, ...shift(cell.b)),
      h('td', { 'data-label': 'B − A' }, ...difference(cell)),
    ),
  );
  return table('Differences', head, rows);
}

function others(cells: readonly UncomparedCell[]): HTMLElement {
  const head = ['cell', 'hook', 'seen in A', 'seen in B', 'why not'];
  const rows = cells.map((cell) =>
    h(
      'tr',
      {},
      place(cell),
      h('td', { 'data-label': 'hook' }, cell.treated),
      h('td', { 'data-label': 'seen in A' }, ...shift(cell.a)),
      h('td', { 'data-label': 'seen in B' }, ...shift(cell.b)),
      h('td', { class: 'words', 'data-label': 'why not' }, ...cell.reasons.map((reason) => h('div', {}, reason))),
    ),
  );
  return table('Not compared', head, rows);
}

function differing(settings: StudyComparison['settings']): HTMLElement[] {
  const rows = settings.map(({ name, a, b }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, name),
      h('td', { class: 'words', 'data-label': 'in A' }, a),
      h('td', { class: 'words', 'data-label': 'in B' }, b),
    ),
  );
  return [
    h('h2', {}, 'What else differs'),
    h('p', { class: 'muted' }, 'Any of these may be behind a difference; the numbers do not tell which.'),
    table('What else differs', ['setting', 'in A', 'in B'], rows),
  ];
}

function place({ sut, condition, node, nodeB, vantage, design }: CellName): HTMLElement {
  const nodes = node === nodeB ? node : `${node} and ${nodeB}`;
  const where = [condition, nodes, vantage, design].join(', ');
  return h('th', { scope: 'row' }, sut, h('span', { class: 'sub' }, where));
}

function shift(side: Side | null): Node[] {
  if (side === null) return [h('span', { class: 'muted' }, 'not measured')];
  const { symbol, word } = VERDICT_WORDS[side.verdict];
  const verdict = h('span', { class: `verdict v-${side.verdict}` }, `${symbol} ${word}`);
  if (side.shift === null) return [h('span', { class: 'muted sub' }, 'no interval'), verdict];
  const { value, interval } = formatEstimate(side.shift);
  const base = `${interval} · base ${formatDuration(side.baselineP50Ns)}`;
  return [h('b', {}, value), h('span', { class: 'sub' }, base), verdict];
}

const LOOKS = { larger: 'overhead', smaller: 'equivalent', 'no-detectable-difference': 'no-detectable-difference' };

function difference({ difference: found, verdict }: ComparedCell): Node[] {
  const { value, interval } = formatEstimate(found);
  const { symbol, word } = DIFFERENCE_WORDS[verdict];
  return [
    h('b', {}, value),
    h('span', { class: 'sub' }, `${interval} · sees ${formatShort(found.minimumDetectableNs)}`),
    h('span', { class: `verdict v-${LOOKS[verdict]}` }, `${symbol} ${word}`),
  ];
}
