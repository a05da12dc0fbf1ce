/** Each comparison's shift and interval so far, and how it became narrower. */

import type { ComparisonView, IntervalPoint } from '../../live/view.ts';
import { formatEstimate } from '../../report/format.ts';
import { type Columns, chart, dropCharts } from './chart.ts';
import { colorOf } from './colors.ts';
import { fill, h, say } from './dom.ts';
import type { State } from './stream.ts';
import { placeName } from './words.ts';

/** of a history's point: second, estimate, low, high */
const COLUMNS = [0, 2, 3, 4] as const;

interface Row {
  readonly element: HTMLElement;
  update(comparison: ComparisonView): void;
}

export function intervalTable(box: HTMLElement): (state: State) => void {
  let rows: ReadonlyMap<string, Row> = new Map();
  let shown = '';
  return ({ comparisons, study }) => {
    const ordered = inOrder(comparisons);
    const names = `${study?.id} ${ordered.map(({ key }) => key).join(' ')}`;
    if (names !== shown) {
      shown = names;
      dropCharts(box);
      rows = new Map(ordered.map((one) => [one.key, row(one)]));
      if (ordered.length === 0) fill(box, h('p', { class: 'muted' }, 'No block has ended yet.'));
      else fill(box, table(ordered, rows));
    }
    for (const one of ordered) rows.get(one.key)?.update(one);
  };
}

/** by SUT and place; what is measured before A/A, which judges it */
function inOrder(comparisons: readonly ComparisonView[]): ComparisonView[] {
  const rank = ({ sut, node, condition, treated, design }: ComparisonView) =>
    JSON.stringify([sut, node, condition, treated === 'none' ? '~' : treated, design]);
  return [...comparisons].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

function table(ordered: readonly ComparisonView[], rows: ReadonlyMap<string, Row>): HTMLElement {
  const several = {
    conditions: new Set(ordered.map(({ condition }) => condition)).size > 1,
    nodes: new Set(ordered.map(({ node }) => node)).size > 1,
  };
  const groupOf = (one: ComparisonView) => [one.sut, placeName(one, several)].filter((word) => word !== '').join(' · ');
  const groups = [...new Set(ordered.map(groupOf))];
  return h(
    'table',
    { class: 'intervals' },
    h(
      'caption',
      {},
      'Shift of the median, with hook − without, and its 95 % interval so far. The verdict is the report’s.',
    ),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...['hook', 'shift', '95 % interval', 'as it came', 'blocks'].map((word) => h('th', { scope: 'col' }, word)),
      ),
    ),
    ...groups.map((group) =>
      h(
        'tbody',
        {},
        h('tr', { class: 'group' }, h('th', { scope: 'rowgroup', colspan: 5 }, group)),
        ...ordered.filter((one) => groupOf(one) === group).flatMap(({ key }) => rows.get(key)?.element ?? []),
      ),
    ),
  );
}

function row({ treated, design }: ComparisonView): Row {
  const isAa = treated === 'none';
  const color = colorOf({ mechanism: treated, aa: isAa });
  const [shift, interval, blocks] = [
    h('td', { class: 'shift' }),
    h('td', { class: 'range' }),
    h('td', { class: 'count' }),
  ];
  const spark = h('div', { class: 'spark', 'aria-hidden': 'true' });
  const name = h(
    'th',
    { scope: 'row' },
    h('span', { class: `key ${color}` }),
    isAa ? 'none (A/A)' : treated,
    ' ',
    h('span', { class: 'muted' }, design),
  );
  const element = h(
    'tr',
    { class: isAa ? 'aa' : null },
    name,
    shift,
    interval,
    h('td', { class: 'trend' }, spark),
    blocks,
  );
  let history: readonly IntervalPoint[] = [];
  let draw: ((columns: Columns) => void) | null = null;
  return {
    element,
    update(comparison) {
      history = comparison.history;
      const newest = history.at(-1);
      const [, , estimateNs, lowNs, highNs] = newest ?? [];
      const shown =
        estimateNs === undefined
          ? null
          : formatEstimate({ estimateNs, lowNs: lowNs as number, highNs: highNs as number });
      say(shift, shown?.value ?? '…');
      say(interval, shown?.interval ?? waitsFor(comparison));
      say(blocks, `${comparison.blocks} in ${comparison.forks === 1 ? '1 fork' : `${comparison.forks} forks`}`);
      if (history.length < 2) return;
      draw ??= chart(spark, {
        heightPx: 44,
        bare: true,
        lines: [
          { color, width: 2 },
          { color, width: 1, faint: true },
          { color, width: 1, faint: true },
        ],
        band: { upper: 2, lower: 1, color },
        range: () => rangeOf(history),
      });
      draw(COLUMNS.map((at) => history.map((point) => point[at])));
    },
  };
}

function waitsFor({ design, forks }: ComparisonView): string {
  return design === 'sliced' && forks === 1 ? 'after 2 blocks' : 'after 2 forks';
}

/** The first intervals, of two forks, are wider by far than any later one: they may leave the picture. Zero is always in it. */
function rangeOf(history: readonly IntervalPoint[]): [number, number] {
  const [, , , low = 0, high = 1] = history.at(-1) ?? [];
  const wide = (high - low) * 2;
  const lows = history.map(([, , , lowNs]) => Math.max(lowNs, low - wide));
  const highs = history.map(([, , , , highNs]) => Math.min(highNs, high + wide));
  return [Math.min(0, ...lows), Math.max(0, ...highs)];
}
