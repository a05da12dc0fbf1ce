/** A card for each place and SUT: median and 95th percentile of each arm, second by second, with the newest in words beside it. */

import type { Point, SeriesView } from '../../live/view.ts';
import { formatDuration } from '../../report/format.ts';
import { type Columns, chart, dropCharts } from './chart.ts';
import { colorOf } from './colors.ts';
import { fill, h, say } from './dom.ts';
import type { State } from './stream.ts';
import { armName, placeName } from './words.ts';

const VANTAGES: Readonly<Record<string, string>> = {
  client: 'round trip',
  caller: 'around read() in the program',
  interposer: 'in the hook, library',
  kernel: 'in the hook, kernel',
};
const INSIDE = ['interposer', 'kernel'];
const HEIGHT_PX = 190;

interface Card {
  readonly element: HTMLElement;
  readonly series: readonly SeriesView[];
  update(points: State['points']): void;
}

/** @param box where the cards go @param inside in-hook latencies, else those that are compared */
export function latencyCards(box: HTMLElement, inside: boolean): (state: State) => void {
  let cards: Card[] = [];
  let shown = '';
  return (state) => {
    const wanted = state.series.filter(({ vantage }) => INSIDE.includes(vantage) === inside);
    const names = `${state.study?.id} ${wanted.map(({ id }) => id).join(' ')}`;
    const isNew = names !== shown;
    if (isNew) {
      shown = names;
      dropCharts(box);
      cards = grouped(wanted).map((series) => card(series, several(state.series)));
      if (cards.length > 0) fill(box, ...cards.map(({ element }) => element));
      else fill(box, h('p', { class: 'muted' }, inside ? 'No hook has reported yet.' : 'No samples yet.'));
    }
    for (const one of cards) {
      if (isNew || one.series.some(({ id }) => state.changed.has(id))) one.update(state.points);
    }
  };
}

function grouped(series: readonly SeriesView[]): SeriesView[][] {
  const groups = new Map<string, SeriesView[]>();
  for (const one of series) {
    const key = JSON.stringify([one.sut, one.node, one.condition, one.vantage, one.design]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const order = ({ aa, mechanism }: SeriesView) => (aa ? '1' : mechanism === 'none' ? '0' : `2${mechanism}`);
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => group.sort((a, b) => (order(a) < order(b) ? -1 : 1)));
}

function several(series: readonly SeriesView[]) {
  return {
    conditions: new Set(series.map(({ condition }) => condition)).size > 1,
    nodes: new Set(series.map(({ node }) => node)).size > 1,
  };
}

function card(series: readonly SeriesView[], more: { conditions: boolean; nodes: boolean }): Card {
  const { sut, design, vantage } = series[0] as SeriesView;
  const place = placeName(series[0] as SeriesView, more);
  const what = `${VANTAGES[vantage] ?? vantage}, ${design}${place === '' ? '' : `, ${place}`}`;
  const rows = series.map((one) => legendRow(one));
  const plotBox = h('div', { class: 'plot', 'aria-hidden': 'true' });
  const element = h(
    'figure',
    { class: 'card' },
    h('figcaption', {}, h('b', {}, sut), ' ', h('span', { class: 'muted' }, what)),
    plotBox,
    h(
      'table',
      { class: 'legend' },
      h('caption', { class: 'hidden' }, `${sut}, ${what}: the newest second of each arm`),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, 'arm'),
          h('th', { scope: 'col' }, 'median'),
          h('th', { scope: 'col' }, '95 %'),
          h('th', { scope: 'col' }, 'samples'),
        ),
      ),
      h('tbody', {}, ...rows.map(({ element: row }) => row)),
    ),
  );
  let range: [number, number] = [0, 1];
  let draw: ((columns: Columns) => void) | null = null;
  return {
    element,
    series,
    update(points) {
      draw ??= chart(plotBox, {
        heightPx: HEIGHT_PX,
        range: () => range,
        lines: series.flatMap((one) => [
          { color: colorOf(one) },
          { color: colorOf(one), dashed: true, width: 1, faint: true },
        ]),
      });
      const own = series.map(({ id }) => points.get(id) ?? new Map<number, Point>());
      range = rangeOf(own);
      draw(columnsOf(own));
      for (const [i, row] of rows.entries()) row.update(own[i] as Map<number, Point>);
    },
  };
}

function legendRow(series: SeriesView) {
  const cells = [h('td'), h('td'), h('td')] as const;
  const name = h('th', { scope: 'row' }, h('span', { class: `key ${colorOf(series)}` }), armName(series));
  return {
    element: h('tr', {}, name, ...cells),
    update(points: ReadonlyMap<number, Point>) {
      const newest = Math.max(...points.keys());
      const [, , n = 0, p50Ns = Number.NaN, p95Ns = Number.NaN] = points.get(newest) ?? [];
      say(cells[0], formatDuration(p50Ns));
      say(cells[1], formatDuration(p95Ns));
      say(cells[2], n.toLocaleString('en'));
    },
  };
}

/** x values are the seconds that any arm has */
function columnsOf(own: readonly ReadonlyMap<number, Point>[]): Columns {
  const seconds = [...new Set(own.flatMap((points) => [...points.keys()]))].sort((a, b) => a - b);
  const column = (points: ReadonlyMap<number, Point>, at: 3 | 4) =>
    seconds.map((second) => points.get(second)?.[at] ?? null);
  return [seconds, ...own.flatMap((points) => [column(points, 3), column(points, 4)])];
}

/** From just below the lowest median to what 95 % of the upper lines stay under: single spikes may leave the picture. */
function rangeOf(own: readonly ReadonlyMap<number, Point>[]): [number, number] {
  const points = own.flatMap((one) => [...one.values()]);
  if (points.length === 0) return [0, 1];
  const low = Math.min(...points.map(([, , , p50Ns]) => p50Ns));
  const upper = points.map(([, , , , p95Ns]) => p95Ns).sort((a, b) => a - b);
  const high = Math.max(upper[Math.floor(upper.length * 0.95)] ?? low, upper[0] ?? low);
  const roomNs = Math.max((high - low) * 0.08, low * 0.01, 1);
  return [Math.max(0, low - roomNs), high + roomNs];
}
