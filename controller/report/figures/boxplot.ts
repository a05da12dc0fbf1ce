/** Tukey boxplots (the paper's figure 4): quartiles, whiskers at the furthest sample within 1.5 IQR, linear axis cut near the whiskers. */

import { max, min } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { formatCount, formatDuration, formatPercent } from '../format.ts';
import { type Markup, markup } from '../html/markup.ts';
import { VANTAGE_WORDS } from '../words.ts';
import { bottomAxis, linearTicks } from './axis.ts';
import { type Canvas, type Drawing, dots, type Figure, move, px } from './frame.ts';
import type { BoxInput } from './input.ts';
import { byDesign, type Palette } from './palette.ts';

/** One figure per vantage, as only equal vantages share an axis. */
export function boxplotFigures(
  sut: string,
  id: string,
  boxes: readonly BoxInput[],
  palette: Palette,
): readonly Figure[] {
  const vantages = [...new Set(boxes.map((box) => box.vantage))];
  return vantages.map((vantage) => {
    const mine = boxes.filter((box) => box.vantage === vantage);
    return {
      text: {
        id: `${id}-box-${vantage}`,
        title: `Tukey boxplots of ${sut}, ${VANTAGE_WORDS[vantage]}`,
        description: mine.map(describe).join(' '),
        caption: markup`<b>Latency, ${VANTAGE_WORDS[vantage]}.</b> Box: quartiles and median; whiskers: furthest request within 1.5 box lengths. The axis ends near the whiskers; how many requests lie beyond them, and the slowest, is written beside each box. Warm-up left out.`,
      },
      draw: (canvas) => draw(mine, canvas, palette),
      data: { head: HEAD, rows: mine.map(numbers) },
    };
  });
}

const HEAD = ['arm', 'lower whisker', 'p25', 'p50', 'p75', 'upper whisker', 'slowest', 'beyond the whiskers'];

function numbers(box: BoxInput): readonly string[] {
  const ends = [box.whiskerLowNs, box.q1Ns, box.medianNs, box.q3Ns, box.whiskerHighNs, box.maxNs];
  const beyond = `${formatCount(box.outlierCount)} of ${formatCount(box.n)}`;
  return [`${box.label}, ${box.place ?? box.design}`, ...ends.map(formatDuration), beyond];
}

function draw(boxes: readonly BoxInput[], canvas: Canvas, palette: Palette): Drawing {
  const left = canvas.narrow ? 8 : 132;
  const right = canvas.narrow ? 12 : 216;
  const rowHeight = canvas.narrow ? 62 : 44;
  const width = canvas.width - left - right;
  const low = min(boxes, (b) => b.whiskerLowNs) ?? 0;
  const high = max(boxes, (b) => b.whiskerHighNs) ?? 1;
  const margin = Math.max((high - low) * 0.06, 1);
  const x = scaleLinear([Math.max(0, low - margin), high + margin], [0, width]);
  const ticks = linearTicks(x, canvas.narrow ? 3 : 7);
  let y = 0;
  const body = byDesign(boxes).map(({ heading, arms }) => {
    const top = y + 26;
    const height = arms.length * rowHeight;
    y = top + height + 32;
    const base = arms.find((arm) => arm.mechanism === 'none' && !arm.aa);
    const reference =
      base &&
      markup`<line class="reference" x1="${px(x(base.medianNs))}" x2="${px(x(base.medianNs))}" y1="0" y2="${px(height)}"/>`;
    const rows = arms.map((box, i) => move(0, i * rowHeight, row(box, x, canvas, width, left, palette)));
    return [
      markup`<text class="heading" x="${canvas.narrow ? 8 : 0}" y="${px(top - 10)}">${heading}</text>`,
      move(left, top, [bottomAxis(ticks, height), reference ?? markup``, ...rows]),
    ];
  });
  return { height: y, body: markup`${body.flat()}` };
}

function row(
  box: BoxInput,
  x: (ns: number) => number,
  canvas: Canvas,
  width: number,
  left: number,
  palette: Palette,
): Markup {
  const middle = canvas.narrow ? 34 : 22;
  const half = canvas.narrow ? 9 : 11;
  const inside = box.outliersNs.filter((ns) => x(ns) >= 0 && x(ns) <= width);
  const beyond = `${formatPercent(box.n > 0 ? box.outlierCount / box.n : Number.NaN)} beyond, max ${formatDuration(box.maxNs)}`;
  const whisker = (ns: number) =>
    markup`<line class="line" x1="${px(x(ns))}" x2="${px(x(ns))}" y1="${middle - half / 2}" y2="${middle + half / 2}"/>`;
  return markup`<g class="${palette(box)}"><title>${describe(box)}</title>${dots(
    inside.map((ns) => [x(ns), middle]),
    'faint',
  )}<line class="line" x1="${px(x(box.whiskerLowNs))}" x2="${px(x(box.q1Ns))}" y1="${middle}" y2="${middle}"/><line class="line" x1="${px(x(box.q3Ns))}" x2="${px(x(box.whiskerHighNs))}" y1="${middle}" y2="${middle}"/>${whisker(box.whiskerLowNs)}${whisker(box.whiskerHighNs)}<rect class="box" x="${px(x(box.q1Ns))}" y="${middle - half}" width="${px(Math.max(1, x(box.q3Ns) - x(box.q1Ns)))}" height="${half * 2}" rx="2"/><line class="median" x1="${px(x(box.medianNs))}" x2="${px(x(box.medianNs))}" y1="${middle - half}" y2="${middle + half}"/></g>${labels(box, canvas, width, left, middle, beyond)}`;
}

function labels(box: BoxInput, canvas: Canvas, width: number, left: number, middle: number, beyond: string): Markup {
  if (canvas.narrow) {
    return markup`<text class="name halo" x="0" y="16">${box.label}</text><text class="note halo" x="${px(width)}" y="16" text-anchor="end"><tspan class="value">${formatDuration(box.medianNs)}</tspan> · ${beyond}</text>`;
  }
  return markup`<text class="name" x="${px(-left)}" y="${middle + 4}">${box.label}</text><text class="value" x="${px(width + 14)}" y="${middle - 2}">${formatDuration(box.medianNs)}</text><text class="note" x="${px(width + 14)}" y="${middle + 14}">${beyond}</text>`;
}

function describe(box: BoxInput): string {
  return `${box.label} (${box.design}): median ${formatDuration(box.medianNs)}, quartiles ${formatDuration(box.q1Ns)} and ${formatDuration(box.q3Ns)}, whiskers ${formatDuration(box.whiskerLowNs)} and ${formatDuration(box.whiskerHighNs)}; ${formatCount(box.outlierCount)} of ${formatCount(box.n)} beyond the whiskers, slowest ${formatDuration(box.maxNs)}.`;
}
