/** Block medians over time: where a line climbs or falls, the machine drifted; where arms keep their distance, the shift is real. */

import { extent, group, max, min } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { formatDuration } from '../format.ts';
import { type Markup, markup } from '../html/markup.ts';
import { bottomAxis, leftAxis, linearTicks, type Tick } from './axis.ts';
import { type Canvas, type Drawing, dots, type Figure, move, px } from './frame.ts';
import type { BlockPoint, BlockSeriesInput } from './input.ts';
import { legendLines } from './legend.ts';
import { byDesign, type Palette } from './palette.ts';

export function blocksFigure(
  sut: string,
  id: string,
  series: readonly BlockSeriesInput[],
  palette: Palette,
): Figure | null {
  const drawn = series.filter((s) => s.points.length > 0);
  if (drawn.length === 0) return null;
  return {
    text: {
      id: `${id}-blocks`,
      title: `Block medians of ${sut} over time`,
      description: drawn.map(describe).join(' '),
      caption: markup`<b>Median of each block over time</b>, with its 95 % interval. A slope is drift; a break in a line is a fresh start of the process (fork). ${meaning(drawn)}`,
    },
    draw: (canvas) => draw(drawn, canvas, palette),
  };
}

function meaning(series: readonly BlockSeriesInput[]): string {
  return series.some((s) => s.design === 'sequential')
    ? 'The arms ran one after the other: each line starts at its own first block, and what differs between them may be the time, not the hook.'
    : 'Arms of one panel ran interleaved, so what moves all of them is the machine, not the hook.';
}

function draw(series: readonly BlockSeriesInput[], canvas: Canvas, palette: Palette): Drawing {
  const left = 66;
  const width = canvas.width - left - 12;
  const height = canvas.narrow ? 130 : 150;
  let top = 0;
  const body: Markup[] = [];
  for (const { heading, arms } of byDesign(series)) {
    body.push(markup`<text class="heading" x="${canvas.narrow ? 8 : 0}" y="${px(top + 16)}">${heading}</text>`);
    const legend = legendLines(arms, canvas, palette, true);
    body.push(move(canvas.narrow ? 8 : left, top + (canvas.narrow ? 36 : 16), legend.body));
    top += canvas.narrow ? 30 + legend.height : 34;
    body.push(move(left, top, panel(arms, width, height, canvas, palette)));
    top += height + 44;
  }
  return { height: top, body: markup`${body}` };
}

function panel(
  arms: readonly BlockSeriesInput[],
  width: number,
  height: number,
  canvas: Canvas,
  palette: Palette,
): Markup {
  const points = arms.flatMap((arm) => arm.points);
  const [from = 0, to = 1] = extent(points, (p) => p.timeNs) as [number, number];
  const x = scaleLinear([from, Math.max(to, from + 1)], [4, width - 4]);
  const low = min(points, (p) => p.interval?.lowNs ?? p.medianNs) ?? 0;
  const high = max(points, (p) => p.interval?.highNs ?? p.medianNs) ?? 1;
  const margin = Math.max((high - low) * 0.08, high * 0.002, 0.5);
  const y = scaleLinear([low - margin, high + margin], [height, 0]);
  const path = line<BlockPoint>(
    (p) => x(p.timeNs),
    (p) => y(p.medianNs),
  ).digits(1);
  const drawn = arms.map((arm) => {
    const forks = [...group(arm.points, (p) => p.fork).values()];
    const spread = arm.points.flatMap(({ timeNs, interval }) => {
      return interval ? [`M${px(x(timeNs))} ${px(y(interval.lowNs))}V${px(y(interval.highNs))}`] : [];
    });
    return markup`<g class="${palette(arm)}"><path class="spread" d="${spread.join('')}"/>${forks.map((fork) => markup`<path class="line soft dashed" d="${path(fork) ?? ''}"/>`)}${dots(
      arm.points.map((p) => [x(p.timeNs), y(p.medianNs)]),
      '',
    )}</g>`;
  });
  return markup`${leftAxis(linearTicks(y, 4), width)}${bottomAxis(timeTicks(x, canvas.narrow ? 4 : 8, from), height)}${drawn}`;
}

function timeTicks(x: ReturnType<typeof scaleLinear<number, number>>, count: number, from: number): readonly Tick[] {
  const [low = 0, high = 1] = x.domain();
  const seconds = scaleLinear([0, (high - low) / 1e9], x.range());
  const minutes = (high - low) / 1e9 > 600;
  const ticks = minutes
    ? scaleLinear([0, (high - low) / 6e10], x.range())
        .ticks(count)
        .map((m) => m * 60)
    : seconds.ticks(count);
  return ticks.map((s) => ({ at: x(from + s * 1e9), label: minutes ? `${s / 60} min` : `${s} s` }));
}

function describe(series: BlockSeriesInput): string {
  const low = min(series.points, (p) => p.medianNs) ?? Number.NaN;
  const high = max(series.points, (p) => p.medianNs) ?? Number.NaN;
  return `${series.label} (${series.design}): ${series.points.length} blocks, medians between ${formatDuration(low)} and ${formatDuration(high)}.`;
}
