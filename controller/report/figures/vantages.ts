/** Where the time of a request goes, clock by clock: what the hook or the kernel saw of the read, and what remains of the whole. */

import { max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { formatEstimate, formatPercent } from '../format.ts';
import { type Markup, markup } from '../html/markup.ts';
import { VANTAGE_WORDS } from '../words.ts';
import { bottomAxis, linearTicks } from './axis.ts';
import { type Canvas, type Drawing, type Figure, move, px } from './frame.ts';
import type { IntervalNs, VantageInput } from './input.ts';
import type { Palette } from './palette.ts';

/** @returns null where no mechanism had a clock of its own in two or more process starts */
export function vantagesFigure(
  sut: string,
  id: string,
  inputs: readonly VantageInput[],
  palette: Palette,
): Figure | null {
  const [first] = inputs;
  if (first === undefined) return null;
  return {
    text: {
      id: `${id}-vantages`,
      title: `Where the time of a ${first.outsideVantage === 'client' ? 'request' : 'read'} goes in ${sut}`,
      description: inputs.map(describe).join(' '),
      caption: markup`<b>Medians with the hook, by clock.</b> Whole bar: ${VANTAGE_WORDS[first.outsideVantage]}. Full colour: what the clock inside saw of the read itself, the scan included where it is the hook’s. Pale: what remains, ${REMAINS[first.outsideVantage]}. Lines: 95 % intervals over process starts. Of every measured request, so the whole may differ from the medians above, which leave a detected warm-up out. None of this is a cost: the costs are the shifts.`,
    },
    draw: (canvas) => draw(inputs, canvas, palette),
    data: { head: ['hook', 'whole', 'inside', 'remains', 'share inside'], rows: inputs.map(numbers) },
  };
}

const REMAINS: Readonly<Record<VantageInput['outsideVantage'], string>> = {
  client: 'the program, the network and the load generator',
  caller: 'the way into the hook and back, and what it costs outside its own clock',
  interposer: 'the hook’s own work',
  kernel: 'nothing but the clocks',
};

function numbers(row: VantageInput): readonly string[] {
  return [
    `${row.label}, ${row.insideVantage}`,
    unsigned(row.outside),
    unsigned(row.inside),
    unsigned(row.remains),
    share(row),
  ];
}

function share(row: VantageInput): string {
  return row.outside.estimateNs > 0 ? formatPercent(row.inside.estimateNs / row.outside.estimateNs) : 'n/a';
}

function unsigned(value: IntervalNs): string {
  return formatEstimate(value, { sign: false }).text;
}

function draw(rows: readonly VantageInput[], canvas: Canvas, palette: Palette): Drawing {
  const left = canvas.narrow ? 8 : 132;
  const right = canvas.narrow ? 12 : 330;
  const rowHeight = canvas.narrow ? 104 : 64;
  const width = canvas.width - left - right;
  const height = rows.length * rowHeight;
  const high = max(rows, (row) => Math.max(row.outside.highNs, row.inside.highNs)) ?? 1;
  const x = scaleLinear([0, high * 1.03], [0, width]);
  const bars = rows.map((row, i) => move(0, i * rowHeight, bar(row, x, canvas, width, left, palette)));
  const axis = bottomAxis(linearTicks(x, canvas.narrow ? 3 : 6), height);
  return { height: height + 34, body: move(left, 4, [axis, ...bars]) };
}

function bar(
  row: VantageInput,
  x: (ns: number) => number,
  canvas: Canvas,
  width: number,
  left: number,
  palette: Palette,
): Markup {
  const top = canvas.narrow ? 62 : 16;
  const at = (ns: number) => px(x(Math.max(0, ns)));
  const inner = Math.max(1.5, x(row.inside.estimateNs));
  const outer = Math.max(inner, x(row.outside.estimateNs));
  const whisker = ({ lowNs, highNs }: IntervalNs, y: number) =>
    markup`<path class="inked" d="M${at(lowNs)} ${y}H${at(highNs)}M${at(lowNs)} ${y - 3}v6M${at(highNs)} ${y - 3}v6"/>`;
  return markup`<g class="${palette(row)}"><title>${describe(row)}</title><rect class="rest" x="0" y="${top}" width="${px(outer)}" height="26" rx="2"/><rect class="solid" x="0" y="${top}" width="${px(inner)}" height="26" rx="2"/></g>${whisker(row.outside, top + 9)}${whisker(row.inside, top + 18)}${labels(row, canvas, width, left)}`;
}

function labels(row: VantageInput, canvas: Canvas, width: number, left: number): Markup {
  const lines = [
    `whole ${unsigned(row.outside)}`,
    `${row.insideVantage} ${unsigned(row.inside)}, ${share(row)}`,
    `remains ${unsigned(row.remains)}`,
  ];
  const clock = `${row.insideVantage}, ${row.source === 'histogram' ? 'counted in the kernel' : 'each read'}`;
  if (canvas.narrow) {
    return markup`<text class="name halo" x="0" y="16">${row.label}</text>${lines.map((text, i) => markup`<text class="note halo" x="${px(width)}" y="${16 + i * 16}" text-anchor="end">${text}</text>`)}`;
  }
  return markup`<text class="name" x="${px(-left)}" y="27">${row.label}</text><text class="note" x="${px(-left)}" y="42">${clock.split(',')[0]}</text>${lines.map((text, i) => markup`<text class="note" x="${px(width + 14)}" y="${18 + i * 16}">${text}</text>`)}`;
}

function describe(row: VantageInput): string {
  return `${row.label} (${row.design}, ${row.forks} process starts): whole ${unsigned(row.outside)}, ${row.insideVantage} ${unsigned(row.inside)}, remains ${unsigned(row.remains)}.`;
}
