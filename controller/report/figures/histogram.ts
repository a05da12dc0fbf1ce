/** Histograms of a cell's arms over each other, in the same bins: what shape the distributions have, and whether a hook shifts or splits them. */

import { max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { formatCount, formatDuration, formatPercent } from '../format.ts';
import { type Markup, markup } from '../html/markup.ts';
import { VANTAGE_WORDS } from '../words.ts';
import { bottomAxis, leftAxis, linearTicks, type Tick } from './axis.ts';
import { type Canvas, type Drawing, type Figure, move, px } from './frame.ts';
import type { HistogramInput } from './input.ts';
import { legendLines } from './legend.ts';
import { byDesign, type Palette } from './palette.ts';

/** One figure per vantage. */
export function histogramFigures(
  sut: string,
  id: string,
  inputs: readonly HistogramInput[],
  palette: Palette,
): readonly Figure[] {
  const vantages = [...new Set(inputs.map((one) => one.vantage))];
  return vantages.map((vantage) => {
    const mine = inputs.filter((one) => one.vantage === vantage && one.counts.length > 0);
    return {
      text: {
        id: `${id}-histogram-${vantage}`,
        title: `Histograms of ${sut}, ${VANTAGE_WORDS[vantage]}`,
        description: mine.map(describe).join(' '),
        caption: markup`<b>Share of requests in each bin, ${VANTAGE_WORDS[vantage]}.</b> Arms of a panel have the same bins, whole steps of the clock wide. Past the right end: ${mine.map((one) => `${one.label} (${one.design}) ${formatPercent(one.above / one.n)}`).join(', ')}.`,
      },
      draw: (canvas) => draw(mine, canvas, palette),
    };
  });
}

function draw(inputs: readonly HistogramInput[], canvas: Canvas, palette: Palette): Drawing {
  const left = 46;
  const width = canvas.width - left - 12;
  const height = canvas.narrow ? 130 : 150;
  let top = 0;
  const body: Markup[] = [];
  for (const { heading, arms } of byDesign(inputs)) {
    body.push(markup`<text class="heading" x="${canvas.narrow ? 8 : 0}" y="${px(top + 16)}">${heading}</text>`);
    const legend = legendLines(arms, canvas, palette, true);
    body.push(move(canvas.narrow ? 8 : left, top + (canvas.narrow ? 36 : 16), legend.body));
    top += canvas.narrow ? 30 + legend.height : 14 + legend.height;
    body.push(move(left, top, panel(arms, width, height, canvas, palette)));
    top += height + 42;
  }
  return { height: top, body: markup`${body}` };
}

function panel(
  arms: readonly HistogramInput[],
  width: number,
  height: number,
  canvas: Canvas,
  palette: Palette,
): Markup {
  const [first] = arms;
  if (first === undefined) return markup``;
  const end = first.fromNs + first.widthNs * first.counts.length;
  const x = scaleLinear([first.fromNs, end], [0, width]);
  const most = max(arms, (arm) => max(arm.counts, (count) => count / arm.n) ?? 0) ?? 1;
  const y = scaleLinear([0, most * 1.06], [height, 0]);
  const drawn = arms.map((arm) => {
    const path = outline(arm, x, y, height);
    const fill = arm.mechanism === 'none' && !arm.aa;
    return markup`<g class="${palette(arm)}"><path class="line dashed${fill && ' filled'}" d="${path}"/></g>`;
  });
  const ticks = y.ticks(3).map((share): Tick => ({ at: y(share), label: `${Number((share * 100).toFixed(2))} %` }));
  return markup`${leftAxis(ticks, width)}${bottomAxis(linearTicks(x, canvas.narrow ? 4 : 8), height)}${drawn}`;
}

/** up and along each bin, down to the axis at both ends */
function outline(arm: HistogramInput, x: (ns: number) => number, y: (share: number) => number, height: number): string {
  const steps = arm.counts.map((count, i) => `V${px(y(count / arm.n))}H${px(x(arm.fromNs + (i + 1) * arm.widthNs))}`);
  return `M${px(x(arm.fromNs))} ${height}${steps.join('')}V${height}`;
}

function describe(input: HistogramInput): string {
  const top = input.counts.reduce((best, count, i) => (count > (input.counts[best] ?? 0) ? i : best), 0);
  const from = input.fromNs + top * input.widthNs;
  const mode = `most requests between ${formatDuration(from)} and ${formatDuration(from + input.widthNs)}`;
  return `${input.label} (${input.design}): ${mode}; ${formatCount(input.above)} of ${formatCount(input.n)} slower than the last bin.`;
}
