/** The event stream and the state it keeps up to date. The browser connects again by itself; a new connection begins with everything. */

import type { Point, Snapshot, Tick } from '../../live/view.ts';

/** ms without a word after which the page says that it is cut off: the server speaks every second */
const SILENT_MS = 4_000;
/** no analysis takes longer: then the network has gone without a word */
const BUSY_MS = 300_000;
const RETRY_MS = 3_000;

export interface State extends Omit<Snapshot, 'points'> {
  /** series → second → point */
  readonly points: Map<number, Map<number, Point>>;
  /** series whose points changed with the last message; all of them after a new beginning */
  readonly changed: ReadonlySet<number>;
  /** ours minus the server's clock */
  readonly skewMs: number;
}

/** busy: the controller makes results and says nothing meanwhile, but the connection stands */
export type Link = 'up' | 'busy' | 'down';

export function follow(o: { onState: (state: State) => void; onLink: (link: Link) => void }): void {
  let state: State | null = null;
  let lastMs = performance.now();
  let source = open();
  function open(): EventSource {
    const events = new EventSource('/api/live');
    const take = (next: (data: string) => State | null) => (event: MessageEvent<string>) => {
      lastMs = performance.now();
      o.onLink('up');
      state = next(event.data);
      if (state !== null) o.onState(state);
    };
    events.addEventListener(
      'all',
      take((data) => begin(JSON.parse(data) as Snapshot)),
    );
    events.addEventListener(
      'tick',
      take((data) => (state === null ? null : advance(state, JSON.parse(data) as Tick))),
    );
    return events;
  }
  setInterval(() => {
    const silentMs = performance.now() - lastMs;
    const isBusy = state?.study?.status === 'analysing' && source.readyState === EventSource.OPEN;
    if (silentMs > SILENT_MS) o.onLink(isBusy && silentMs < BUSY_MS ? 'busy' : 'down');
    // after some answers (a server that restarted and knows us no more) a browser does not try again by itself
    if (silentMs > RETRY_MS && source.readyState === EventSource.CLOSED) source = open();
  }, 1_000);
}

function begin(snapshot: Snapshot): State {
  const points = new Map<number, Map<number, Point>>();
  for (const point of snapshot.points) add(points, point);
  return { ...snapshot, points, changed: new Set(points.keys()), skewMs: Date.now() - snapshot.nowMs };
}

function advance(state: State, { points = [], ...parts }: Tick): State {
  for (const point of points) add(state.points, point);
  return { ...state, ...parts, points: state.points, changed: new Set(points.map(([series]) => series)) };
}

function add(points: State['points'], point: Point): void {
  const [series, second] = point;
  const own = points.get(series) ?? new Map<number, Point>();
  own.set(second, point);
  points.set(series, own);
  const [oldest] = own.keys();
  if (own.size > 900 && oldest !== undefined) own.delete(oldest);
}
