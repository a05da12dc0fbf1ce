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
const MOST_GAP_S = 3;
/** what the x axis holds at most, s */
const SHOWN_S = 900;

interface Card {
  readonly element: HTMLElement;
  readonly series: readonly SeriesView[];
  update(points: State['points'], span: [number, number]): void;
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
    // all of them, so that they show the same time
    if (!isNew && state.changed.size === 0) return;
    const span = spanOf(state.points);
    for (const one of cards) one.update(state.points, span);
  };
}

/** from when to when there are points, s */
function spanOf(points: State['points']): [number, number] {
  let to = 10;
  for (const own of points.values()) for (const second of own.keys()) to = Math.max(to, second);
  return [Math.max(0, to - SHOWN_S), to];
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
  let span: [number, number] = [0, 1];
  let draw: ((columns: Columns) => void) | null = null;
  return {
    element,
    series,
    update(points, wanted) {
      span = wanted;
      draw ??= chart(plotBox, {
        heightPx: HEIGHT_PX,
        range: () => range,
        span: () => span,
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
  const known = [...new Set(own.flatMap((points) => [...points.keys()]))].sort((a, b) => a - b);
  // where no arm has any for long there must be a place for the lines to end
  const seconds = known.flatMap((second, i) =>
    (known[i + 1] ?? second) - second > MOST_GAP_S ? [second, second + 1] : [second],
  );
  return [seconds, ...own.flatMap((points) => [column(seconds, points, 3), column(seconds, points, 4)])];
}

/** A line goes on over a second or two without samples (undefined), and ends where the arm was away for longer (null). */
function column(seconds: readonly number[], points: ReadonlyMap<number, Point>, at: 3 | 4) {
  let last = Number.NEGATIVE_INFINITY;
  const values = seconds.map((second): number | null | undefined => points.get(second)?.[at]);
  for (const [i, second] of seconds.entries()) {
    if (values[i] === undefined) continue;
    // all of them: a gap is as wide as its neighbours by index
    if (second - last > MOST_GAP_S) for (let j = i - 1; j >= 0 && values[j] === undefined; j -= 1) values[j] = null;
    last = second;
  }
  return values;
}

/** Medians first: the 95th percentiles are in the picture only as far as that leaves the medians apart. Spikes may leave it. */
function rangeOf(own: readonly ReadonlyMap<number, Point>[]): [number, number] {
  const points = own.flatMap((one) => [...one.values()]);
  if (points.length === 0) return [0, 1];
  const medians = points.map(([, , , p50Ns]) => p50Ns).sort((a, b) => a - b);
  const uppers = points.map(([, , , , p95Ns]) => p95Ns).sort((a, b) => a - b);
  const at = (sorted: readonly number[], q: number) => sorted[Math.floor((sorted.length - 1) * q)] as number;
  const low = at(medians, 0);
  const high = Math.max(at(medians, 0.9), Math.min(at(uppers, 0.8), 2.5 * at(medians, 0.5)));
  const roomNs = Math.max((high - low) * 0.1, low * 0.02, 1);
  return [Math.max(0, low - roomNs), high + roomNs];
}
