/** Lag plot with the arms of a condition over each other, one panel per condition, all on one log scale (the paper's figure 3). */

import { max, min } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import { formatCount, formatDuration } from '../format.ts';
import { type Markup, markup } from '../html/markup.ts';
import { bottomAxis, countTicks, leftAxis, logTicks } from './axis.ts';
import { type Canvas, type Drawing, type Figure, move, px } from './frame.ts';
import type { LagBin, LagInput } from './input.ts';
import { type Legend, legendLines } from './legend.ts';
import { byDesign, type Palette } from './palette.ts';

export function pairLagFigure(name: string, id: string, lags: readonly LagInput[], palette: Palette): Figure | null {
  const drawn = lags.filter((lag) => lag.bins.length > 0);
  if (drawn.length === 0) return null;
  return {
    text: {
      id,
      title: `Logarithmic lag plot of ${name}`,
      description: byDesign(drawn)
        .map(({ heading, arms }) => `${heading}: ${arms.map(describe).join('; ')}.`)
        .join(' '),
      caption:
        'Latency over request index, logarithmic. Line: median of each bin; band: 10th to 90th percentile; dashed: end of the warm-up.',
    },
    draw: (canvas) => draw(drawn, canvas, palette),
  };
}

function draw(lags: readonly LagInput[], canvas: Canvas, palette: Palette): Drawing {
  const left = 58;
  const gap = 34;
  const panels = byDesign(lags);
  const perRow = canvas.narrow ? 1 : Math.min(2, panels.length);
  const width = (canvas.width - left - 14 - gap * (perRow - 1)) / perRow;
  const height = canvas.narrow ? 112 : 150;
  const bins = lags.flatMap((lag) => lag.bins);
  const low = Math.max(1, min(bins, (b) => b.p10Ns) ?? 1);
  const high = max(bins, (b) => b.p90Ns) ?? 10;
  const y = scaleLog([low * 0.85, Math.max(low * 2, high * 1.15)], [height, 0]);
  const legends = panels.map(({ arms }) => legendLines(arms, { ...canvas, narrow: true, width }, palette, true));
  const rowHeight = height + 52 + Math.max(...legends.map((legend) => legend.height));
  const body = panels.map(({ heading, arms }, i) => {
    const column = i % perRow;
    const top = Math.floor(i / perRow) * rowHeight;
    const legend = legends[i] as Legend;
    return move(left + column * (width + gap), top, [
      markup`<text class="name" x="0" y="12">${heading}</text>`,
      move(0, 28, legend.body),
      move(
        0,
        16 + legend.height,
        panel(arms, y, { width, height, first: column === 0, palette, narrow: canvas.narrow }),
      ),
    ]);
  });
  return { height: Math.ceil(panels.length / perRow) * rowHeight - 8, body: markup`${body}` };
}

interface PanelOptions {
  readonly width: number;
  readonly height: number;
  readonly first: boolean;
  readonly narrow: boolean;
  readonly palette: Palette;
}

function panel(arms: readonly LagInput[], y: ReturnType<typeof scaleLog<number, number>>, o: PanelOptions): Markup {
  const bins = arms.flatMap((arm) => arm.bins);
  const x = scaleLinear([min(bins, (b) => b.fromIndex) ?? 0, max(bins, (b) => b.toIndex) ?? 1], [0, o.width]);
  const at = (b: LagBin) => x((b.fromIndex + b.toIndex) / 2);
  const positive = (ns: number) => y(Math.max(1, ns));
  const drawn = arms.map((arm) => {
    const band = area<LagBin>(
      at,
      (b) => positive(b.p10Ns),
      (b) => positive(b.p90Ns),
    ).digits(1)(arm.bins);
    const path = line<LagBin>(at, (b) => positive(b.p50Ns)).digits(1)(arm.bins);
    return markup`<g class="${o.palette(arm)}"><path class="pale" d="${band ?? ''}"/><path class="line dashed" d="${path ?? ''}"/></g>`;
  });
  const ends = [...new Set(arms.flatMap((arm) => arm.warmupEndIndex ?? []))];
  const edges = ends.map(
    (end) => markup`<line class="edge" x1="${px(x(end))}" x2="${px(x(end))}" y1="0" y2="${o.height}"/>`,
  );
  return markup`${leftAxis(logTicks(y), o.width, o.first)}${bottomAxis(countTicks(x, o.narrow ? 5 : 5), o.height)}${drawn}${edges}`;
}

function describe(lag: LagInput): string {
  const kept = lag.bins.filter((b) => b.fromIndex >= (lag.warmupEndIndex ?? 0));
  const shown = kept.length > 0 ? kept : lag.bins;
  const low = min(shown, (b) => b.p50Ns) ?? Number.NaN;
  const high = max(shown, (b) => b.p50Ns) ?? Number.NaN;
  const end = lag.warmupEndIndex === null ? 'no warm-up' : `warm-up to request ${formatCount(lag.warmupEndIndex)}`;
  return `${lag.label}, ${end}, then bin medians between ${formatDuration(low)} and ${formatDuration(high)}`;
}
