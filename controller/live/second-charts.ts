/** Latencies as they come → median and 95th percentile of each arm and second. Never hands out samples; memory is bounded. */

import { LatencyCounts } from './latency-counts.ts';
import type { Point, SeriesView } from './view.ts';

/** series of one study: SUTs × arms × designs × nodes × conditions × vantages; further ones are left out and said to be */
export const MOST_SERIES = 240;
/** seconds kept of each series: the page shows the last 15 minutes */
export const MOST_SECONDS = 900;
/** seconds of a series that can still change */
const OPEN_SECONDS = 4;

interface Series {
  readonly view: SeriesView;
  readonly open: Map<number, LatencyCounts>;
  readonly dirty: Set<number>;
  readonly points: Map<number, Point>;
  latest: number;
}

export class SecondCharts {
  readonly #series = new Map<string, Series>();
  /** grows with each new series */
  version = 0;
  /** grows with samples of seconds that were closed, and with stretches of series beyond the bound */
  leftOut = 0;

  /** @returns where the samples of this series go, null when there are too many series */
  series(place: Omit<SeriesView, 'id'>): ((second: number, latencyNs: number, times?: number) => void) | null {
    const key = JSON.stringify(Object.values(place));
    let found = this.#series.get(key);
    if (found === undefined) {
      if (this.#series.size >= MOST_SERIES) {
        this.leftOut += 1;
        return null;
      }
      const view = { ...place, id: this.#series.size };
      found = { view, open: new Map(), dirty: new Set(), points: new Map(), latest: -1 };
      this.#series.set(key, found);
      this.version += 1;
    }
    return adder(found, () => {
      this.leftOut += 1;
    });
  }

  views(): SeriesView[] {
    return [...this.#series.values()].map(({ view }) => view);
  }

  /** every point that is kept */
  points(): Point[] {
    return [...this.#series.values()].flatMap(({ points }) => [...points.values()]);
  }

  /** points that are new or changed since the last call */
  changes(): Point[] {
    const changed: Point[] = [];
    for (const series of this.#series.values()) {
      for (const second of series.dirty) {
        const point = series.points.get(second);
        const counts = series.open.get(second);
        if (counts !== undefined) changed.push(keep(series, second, counts));
        else if (point !== undefined) changed.push(point);
      }
      series.dirty.clear();
    }
    return changed;
  }
}

function adder(series: Series, leaveOut: () => void) {
  return (second: number, latencyNs: number, times = 1) => {
    let counts = series.open.get(second);
    if (counts === undefined) {
      if (second <= series.latest - OPEN_SECONDS || series.points.has(second)) return leaveOut();
      counts = new LatencyCounts();
      series.open.set(second, counts);
      series.latest = Math.max(series.latest, second);
      closeOld(series);
    }
    counts.add(latencyNs, times);
    series.dirty.add(second);
  };
}

function closeOld(series: Series): void {
  for (const [second, counts] of series.open) {
    if (second > series.latest - OPEN_SECONDS) continue;
    keep(series, second, counts);
    series.open.delete(second);
  }
  for (const second of series.points.keys()) {
    if (second > series.latest - MOST_SECONDS) break;
    series.points.delete(second);
    series.dirty.delete(second);
  }
}

function keep(series: Series, second: number, counts: LatencyCounts): Point {
  const point: Point = [series.view.id, second, counts.n, counts.quantileNs(0.5) ?? 0, counts.quantileNs(0.95) ?? 0];
  series.points.set(second, point);
  return point;
}
