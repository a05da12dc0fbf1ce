/** Shift function: treated − baseline at each decile, with the band that holds all nine together, zero marked, what A/A's bands span shaded. */

import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { Comparison, ShiftFunction } from '../../analysis/results.ts';
import { formatEstimate } from '../format.ts';
import { type Markup, markup } from '../html/markup.ts';
import { missingReason } from '../words.ts';
import { bottomAxis, leftAxis, linearTicks, type Tick } from './axis.ts';
import { type Canvas, type Drawing, type Figure, move, px } from './frame.ts';
import type { Palette } from './palette.ts';

/** @returns null where no comparison has a shift function */
export function decilesFigure(
  name: string,
  id: string,
  aa: readonly Comparison[],
  found: readonly Comparison[],
  palette: Palette,
): Figure | null {
  if (found.every((c) => !c.shiftFunction)) return null;
  return {
    text: {
      id: `${id}-deciles`,
      title: `Shift of ${name} at each decile`,
      description: found.map(describe).join(' '),
      caption: markup`<b>With hook − without at each decile.</b> Band: 95 % for all nine together. Shaded: the bands of none against none in the same design. A level line is a cost to every request; a line that rises is a cost to the slow ones.`,
    },
    draw: (canvas) => draw(found, aa, canvas, palette),
    data: { head: ['hook', ...DECILES.map((d) => `p${d}`)], rows: found.map(numbers) },
  };
}

const DECILES = [10, 20, 30, 40, 50, 60, 70, 80, 90];

interface Point {
  readonly q: number;
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
}

function pointsOf(shift: ShiftFunction): readonly Point[] {
  return shift.probabilities.map((q, i) => ({
    q,
    estimateNs: shift.shiftNs[i] as number,
    lowNs: shift.bandLowNs[i] as number,
    highNs: shift.bandHighNs[i] as number,
  }));
}

function numbers(c: Comparison): readonly string[] {
  const name = `${c.treated}, ${c.design}`;
  const { shiftFunction } = c;
  if (!shiftFunction) return [name, ...DECILES.map(() => `n/a (${missingReason(c)})`)];
  return [name, ...pointsOf(shiftFunction).map((point) => formatEstimate(point).text)];
}

function draw(found: readonly Comparison[], aa: readonly Comparison[], canvas: Canvas, palette: Palette): Drawing {
  const left = 66;
  const gap = 76;
  const perRow = canvas.narrow ? 1 : Math.min(2, found.length);
  const width = (canvas.width - left - 14 - gap * (perRow - 1)) / perRow;
  const height = canvas.narrow ? 150 : 170;
  const panels = found.map((c, i) => {
    const noise = aa.filter((one) => one.design === c.design).flatMap((one) => one.shiftFunction ?? []);
    const x = left + (i % perRow) * (width + gap);
    const y = Math.floor(i / perRow) * (height + 64) + 26;
    return move(x, y, [
      markup`<text class="name" x="0" y="-8">${c.treated}</text><text class="note" x="${px(width)}" y="-8" text-anchor="end">${c.design}</text>`,
      panel(c, noise, width, height, palette),
    ]);
  });
  return { height: Math.ceil(found.length / perRow) * (height + 64) + 4, body: markup`${panels}` };
}

function panel(
  c: Comparison,
  noise: readonly ShiftFunction[],
  width: number,
  height: number,
  palette: Palette,
): Markup {
  const points = c.shiftFunction ? pointsOf(c.shiftFunction) : [];
  const shades = noise.map(pointsOf);
  const ends = [...points, ...shades.flat()].flatMap(({ lowNs, highNs }) => [lowNs, highNs]);
  const low = Math.min(0, ...ends);
  const high = Math.max(0, ...ends);
  const margin = Math.max((high - low) * 0.06, 0.5);
  const y = scaleLinear([low - margin, high + margin], [height, 0]);
  const x = scaleLinear([0.06, 0.94], [0, width]);
  const band = area<Point>(
    (p) => x(p.q),
    (p) => y(p.lowNs),
    (p) => y(p.highNs),
  ).digits(1);
  const path = line<Point>(
    (p) => x(p.q),
    (p) => y(p.estimateNs),
  ).digits(1);
  const ticks = DECILES.map((decile): Tick => ({ at: x(decile / 100), label: `p${decile}` }));
  const marks =
    points.length === 0
      ? markup`<text class="note" x="8" y="${px(y(0) - 8)}">n/a (${missingReason(c)})</text>`
      : markup`<g class="${palette({ mechanism: c.treated, aa: false })}${c.verdict === 'invalid' && ' unusable'}"><path class="band" d="${band(points) ?? ''}"/><path class="line" d="${path(points) ?? ''}"/>${points.map((p) => markup`<circle class="point" cx="${px(x(p.q))}" cy="${px(y(p.estimateNs))}" r="4"/>`)}</g>`;
  return markup`${shades.map((shade) => markup`<path class="noise" d="${band(shade) ?? ''}"/>`)}${leftAxis(linearTicks(y, 4, true), width)}${bottomAxis(ticks, height)}<line class="zero" x1="0" x2="${px(width)}" y1="${px(y(0))}" y2="${px(y(0))}"/>${marks}`;
}

function describe(c: Comparison): string {
  if (!c.shiftFunction) return `${c.treated} (${c.design}): n/a (${missingReason(c)}).`;
  const at = pointsOf(c.shiftFunction).map((point) => `p${Math.round(point.q * 100)} ${formatEstimate(point).text}`);
  return `${c.treated} (${c.design}): ${at.join(', ')}.`;
}
