/** Empirical distribution functions of a cell's arms: the body on a linear axis, the tail as the share of slower requests, both axes logarithmic. */

import { max, min } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import { formatCount, formatDuration, formatPercent, superscript } from '../format.ts';
import { type Markup, markup } from '../html/markup.ts';
import { VANTAGE_WORDS } from '../words.ts';
import { bottomAxis, leftAxis, linearTicks, logTicks, type Tick } from './axis.ts';
import { type Canvas, type Drawing, type Figure, move, px } from './frame.ts';
import type { EcdfInput, TailPoint } from './input.ts';
import { legendLines } from './legend.ts';
import { byDesign, type Palette } from './palette.ts';

/** One figure per vantage. */
export function ecdfFigures(
  sut: string,
  id: string,
  inputs: readonly EcdfInput[],
  palette: Palette,
): readonly Figure[] {
  const vantages = [...new Set(inputs.map((one) => one.vantage))];
  return vantages.map((vantage) => {
    const mine = inputs.filter((one) => one.vantage === vantage);
    return {
      text: {
        id: `${id}-ecdf-${vantage}`,
        title: `Distribution of ${sut} with its tail, ${VANTAGE_WORDS[vantage]}`,
        description: mine.map(describe).join(' '),
        caption: markup`<b>Share of requests, ${VANTAGE_WORDS[vantage]}.</b> Rising: at or below a latency, up to 98 %, or three box lengths past the box where that is less; band: all points together at 95 %. Falling: the tail, the share that is slower, both axes logarithmic, down to the slowest request; band: 95 % at each point. Bands count the correlation between requests in, not what process starts differ by.`,
      },
      draw: (canvas) => draw(mine, canvas, palette),
      data: { head: ['arm', ...SHARES.map(percent)], rows: mine.map(quantiles) },
    };
  });
}

const SHARES = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

function percent(share: number): string {
  return `p${Number((share * 100).toFixed(2))}`;
}

function quantiles(input: EcdfInput): readonly string[] {
  const at = (share: number) => input.body.find((point) => Math.abs(point.share - share) < 1e-9)?.ns;
  const name = `${input.label}, ${input.place ?? input.design}`;
  return [name, ...SHARES.map((share) => formatDuration(at(share) ?? Number.NaN))];
}

function draw(inputs: readonly EcdfInput[], canvas: Canvas, palette: Palette): Drawing {
  const left = 50;
  const gap = 66;
  const width = canvas.narrow ? canvas.width - left - 14 : (canvas.width - left - gap - 14) / 2;
  const height = canvas.narrow ? 150 : 190;
  let top = 0;
  const body: Markup[] = [];
  for (const { heading, arms } of byDesign(inputs)) {
    body.push(markup`<text class="heading" x="${canvas.narrow ? 8 : 0}" y="${px(top + 16)}">${heading}</text>`);
    const legend = legendLines(arms, canvas, palette, true);
    body.push(move(canvas.narrow ? 8 : left, top + (canvas.narrow ? 36 : 16), legend.body));
    top += canvas.narrow ? 30 + legend.height : 18 + legend.height;
    body.push(move(left, top, bodyPanel(arms, width, height, canvas, palette)));
    if (canvas.narrow) top += height + 44;
    body.push(move(canvas.narrow ? left : left + width + gap, top, tailPanel(arms, width, height, palette)));
    top += height + 42;
  }
  return { height: top, body: markup`${body}` };
}

const BODY_END = 0.98;

function bodyPanel(
  arms: readonly EcdfInput[],
  width: number,
  height: number,
  canvas: Canvas,
  palette: Palette,
): Markup {
  const end = Math.max(...arms.map(bodyEndNs));
  const shown = arms.map((arm) => ({ arm, points: arm.body.filter((point) => point.ns <= end) }));
  const all = shown.flatMap(({ points }) => points);
  const low = min(all, (point) => point.ns) ?? 0;
  const high = Math.max(max(all, (point) => point.ns) ?? 1, low + 1);
  const x = scaleLinear([low, high], [0, width]);
  const y = scaleLinear([0, 1], [height, 0]);
  const at = (share: number) => y(Math.min(1, Math.max(0, share)));
  const drawn = shown.map(({ arm, points }) => {
    const reach = arm.bandShare;
    const band =
      reach === null
        ? null
        : area<(typeof points)[number]>(
            (p) => x(p.ns),
            (p) => at(p.share - reach),
            (p) => at(p.share + reach),
          ).digits(1)(points);
    const path = line<(typeof points)[number]>(
      (p) => x(p.ns),
      (p) => at(p.share),
    ).digits(1)(points);
    return markup`<g class="${palette(arm)}">${band && markup`<path class="pale" d="${band}"/>`}<path class="line dashed" d="${path ?? ''}"/></g>`;
  });
  const shares = [0, 0.25, 0.5, 0.75, 1].map((share): Tick => ({ at: y(share), label: `${share * 100} %` }));
  return markup`${leftAxis(shares, width)}${bottomAxis(linearTicks(x, canvas.narrow ? 4 : 5), height)}${drawn}`;
}

/** a tail of milliseconds would leave the body a line at the left */
function bodyEndNs({ body }: EcdfInput): number {
  const at = (share: number) => body.find((point) => point.share >= share - 1e-9)?.ns ?? Number.POSITIVE_INFINITY;
  return Math.min(at(BODY_END), at(0.75) + 3 * (at(0.75) - at(0.25)) || at(BODY_END));
}

function tailPanel(arms: readonly EcdfInput[], width: number, height: number, palette: Palette): Markup {
  const all = arms.flatMap((arm) => arm.tail);
  const low = Math.max(1e-3, min(all, (point) => point.ns) ?? 1);
  const high = Math.max(low * 1.5, max(all, (point) => point.ns) ?? 10);
  const least = min(all, (point) => point.share) ?? 1e-3;
  const x = scaleLog([low, high * 1.05], [0, width]);
  const y = scaleLog([least / 1.6, 0.6], [height, 0]);
  const at = (share: number | null) => y(Math.min(0.6, Math.max(least / 1.6, share ?? least)));
  const drawn = arms.map((arm) => {
    const known = arm.tail.filter((point) => point.lowShare !== null);
    const band = area<TailPoint>(
      (p) => x(Math.max(low, p.ns)),
      (p) => at(p.lowShare),
      (p) => at(p.highShare),
    ).digits(1)(known);
    const path = line<TailPoint>(
      (p) => x(Math.max(low, p.ns)),
      (p) => at(p.share),
    ).digits(1)(arm.tail);
    return markup`<g class="${palette(arm)}"><path class="pale" d="${band ?? ''}"/><path class="line dashed" d="${path ?? ''}"/></g>`;
  });
  const decades = Math.floor(-Math.log10(least / 1.6));
  const shares = Array.from({ length: decades }, (_, i) => 10 ** -(i + 1)).map((share): Tick => {
    return {
      at: y(share),
      label:
        share >= 0.0001
          ? `${Number((share * 100).toPrecision(2))} %`
          : `10${superscript(Math.round(Math.log10(share)))}`,
    };
  });
  return markup`${leftAxis(shares, width)}${bottomAxis(thinned(logTicks(x), width / 52), height)}${drawn}`;
}

/** every other tick until they fit */
function thinned(ticks: readonly Tick[], most: number): readonly Tick[] {
  const step = Math.ceil(ticks.length / Math.max(1, most));
  return ticks.filter((_, i) => i % step === 0);
}

function describe(input: EcdfInput): string {
  const at = (share: number) => input.body.find((point) => Math.abs(point.share - share) < 1e-9)?.ns ?? Number.NaN;
  const last = input.tail.at(-1);
  const end = last === undefined ? '' : `, slowest of ${formatCount(input.n)} past ${formatDuration(last.ns)}`;
  const band = input.bandShare === null ? 'band n/a (too few requests)' : `band ±${formatPercent(input.bandShare)}`;
  return `${input.label} (${input.design}): p10 ${formatDuration(at(0.1))}, p50 ${formatDuration(at(0.5))}, p90 ${formatDuration(at(0.9))}, p99 ${formatDuration(at(0.99))}${end}; ${band}.`;
}
