/** Interval plot of the shifts: p50, mean and p99 side by side, each on its own axis, zero marked, what A/A spans shaded. */

import { scaleLinear } from 'd3-scale';
import type { Comparison, Estimate } from '../../analysis/results.ts';
import { formatEstimate } from '../format.ts';
import { type Markup, markup } from '../html/markup.ts';
import { missingReason, VERDICT_WORDS } from '../words.ts';
import { bottomAxis, linearTicks } from './axis.ts';
import { type Canvas, type Drawing, type Figure, move, px } from './frame.ts';
import type { Palette } from './palette.ts';

interface Row {
  readonly c: Comparison;
  readonly aa: boolean;
}

const PANELS = [
  { key: 'p50', title: 'shift at p50' },
  { key: 'mean', title: 'shift of the mean' },
  { key: 'p99', title: 'shift at p99' },
] as const;

export function forestFigure(
  name: string,
  id: string,
  aa: readonly Comparison[],
  found: readonly Comparison[],
  palette: Palette,
): Figure | null {
  const all: readonly Row[] = [...found.map((c) => ({ c, aa: false })), ...aa.map((c) => ({ c, aa: true }))];
  const designs = [...new Set(all.map((row) => row.c.design))];
  const rows = designs.flatMap((design) => all.filter((row) => row.c.design === design));
  if (rows.every((row) => PANELS.every((p) => row.c.shifts[p.key] === null))) return null;
  return {
    text: {
      id: `${id}-forest`,
      title: `Shifts of ${name} with their intervals`,
      description: rows.map(describe).join(' '),
      caption: markup`<b>With hook − without.</b> Dot: estimate; line: its interval; shaded: what none against none spanned, the instrument’s own noise. Hollow and dashed: invalid. Each panel has its own axis.`,
    },
    draw: (canvas) => draw(rows, canvas, palette),
  };
}

function draw(rows: readonly Row[], canvas: Canvas, palette: Palette): Drawing {
  const left = canvas.narrow ? 8 : 150;
  const gap = 40;
  const columns = canvas.narrow ? 1 : PANELS.length;
  const rowHeight = canvas.narrow ? 40 : 34;
  const width = (canvas.width - left - 14 - gap * (columns - 1)) / columns;
  const height = rows.length * rowHeight;
  const names = canvas.narrow ? [] : rows.map((row, i) => rowName(row, 30 + (i + 0.5) * rowHeight));
  const panels = PANELS.map(({ key, title }, i) => {
    const place: readonly [number, number] = canvas.narrow ? [left, i * (height + 68)] : [left + i * (width + gap), 0];
    return move(place[0], place[1], [
      markup`<text class="heading" x="0" y="16">${title}</text>`,
      move(
        0,
        30,
        panel(rows, (c) => c.shifts[key], { width, height, rowHeight, canvas, palette }),
      ),
    ]);
  });
  return { height: canvas.narrow ? PANELS.length * (height + 68) : height + 58, body: markup`${names}${panels}` };
}

interface PanelOptions {
  readonly width: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly canvas: Canvas;
  readonly palette: Palette;
}

function panel(rows: readonly Row[], pick: (c: Comparison) => Estimate | null, o: PanelOptions): Markup {
  const ends = rows.flatMap(({ c }) => {
    const e = pick(c);
    return e === null ? [] : [e.lowNs, e.highNs];
  });
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends);
  const margin = Math.max((high - low) * 0.07, 1);
  const x = scaleLinear([low - margin, high + margin], [0, o.width]);
  const shade = noiseBands(rows, pick, x, o);
  const marks = rows.map((row, i) => mark(row, pick(row.c), x, (i + (o.canvas.narrow ? 0.68 : 0.5)) * o.rowHeight, o));
  return markup`${shade}${bottomAxis(linearTicks(x, o.canvas.narrow ? 4 : 3, true), o.height)}<line class="zero" x1="${px(x(0))}" x2="${px(x(0))}" y1="0" y2="${o.height}"/>${marks}`;
}

/** What A/A spanned, behind the rows of its own design only: the designs differ in noise. */
function noiseBands(
  rows: readonly Row[],
  pick: (c: Comparison) => Estimate | null,
  x: (ns: number) => number,
  o: PanelOptions,
) {
  return rows.map((row, i) => {
    const noise = rows.flatMap((other) => (other.aa && other.c.design === row.c.design ? (pick(other.c) ?? []) : []));
    if (noise.length === 0) return null;
    const from = x(Math.min(...noise.map((e) => e.lowNs)));
    const to = x(Math.max(...noise.map((e) => e.highNs)));
    return markup`<rect class="noise" x="${px(from)}" y="${px(i * o.rowHeight)}" width="${px(to - from)}" height="${o.rowHeight}"/>`;
  });
}

function mark(row: Row, e: Estimate | null, x: (ns: number) => number, y: number, o: PanelOptions): Markup {
  const name = o.canvas.narrow && markup`<text class="note halo" x="0" y="${px(y - 12)}">${armName(row)}</text>`;
  if (e === null)
    return markup`${name}<text class="note" x="${px(x(0) + 6)}" y="${px(y + 4)}">n/a (${missingReason(row.c)})</text>`;
  const text = formatEstimate(e).text;
  const value =
    o.canvas.narrow &&
    markup`<text class="value small halo" x="${px(o.width)}" y="${px(y - 12)}" text-anchor="end">${text}</text>`;
  return markup`${name}${value}<g class="${o.palette({ mechanism: row.c.treated, aa: row.aa })}${row.c.verdict === 'invalid' && ' unusable'}"><title>${armName(row)}: ${text}</title><line class="interval" x1="${px(x(e.lowNs))}" x2="${px(Math.max(x(e.highNs), x(e.lowNs) + 1))}" y1="${px(y)}" y2="${px(y)}"/><circle class="point" cx="${px(x(e.estimateNs))}" cy="${px(y)}" r="${row.aa ? 3.2 : 4.6}"/></g>`;
}

function rowName(row: Row, y: number): Markup {
  return markup`<text class="name" x="0" y="${px(y - 1)}">${row.aa ? 'none (A/A)' : row.c.treated}</text><text class="note" x="0" y="${px(y + 13)}">${row.c.design}</text>`;
}

function armName(row: Row): string {
  return `${row.aa ? 'none (A/A)' : row.c.treated}, ${row.c.design}`;
}

function describe(row: Row): string {
  const part = (title: string, e: Estimate | null) =>
    `${title} ${e === null ? `n/a (${missingReason(row.c)})` : formatEstimate(e).text}`;
  const verdict = row.aa ? '' : `, verdict ${VERDICT_WORDS[row.c.verdict].word}`;
  return `${armName(row)}: ${PANELS.map((p) => part(p.key, row.c.shifts[p.key])).join(', ')}${verdict}.`;
}
