/** Lag plot (the paper's figure 3): round trip over request index on a log axis, warm-up shaded, one panel per arm, all panels on one scale. */

import { max, min } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import { formatCount, formatDuration, formatMany } from '../format.ts';
import { type Markup, markup } from '../html/markup.ts';
import { bottomAxis, countTicks, leftAxis, logTicks } from './axis.ts';
import { type Canvas, type Drawing, type Figure, move, px } from './frame.ts';
import type { LagBin, LagInput } from './input.ts';
import { byDesign, type Palette } from './palette.ts';

export function lagFigure(sut: string, id: string, lags: readonly LagInput[], palette: Palette): Figure | null {
  const drawn = lags.filter((lag) => lag.bins.length > 0);
  if (drawn.length === 0) return null;
  return {
    text: {
      id: `${id}-lag`,
      title: `Lag plot of ${sut}: latency over request index, logarithmic`,
      description: drawn.map(describe).join(' '),
      caption: markup`<b>Latency over request index</b>, logarithmic. Line: median of each bin; band: 10th to 90th percentile; thin lines: fastest and slowest request. The shaded warm-up is left out of every number in this report; short dashes above: where each process start’s own warm-up ends; ticks below: where a block begins.`,
    },
    draw: (canvas) => draw(drawn, canvas, palette),
  };
}

function draw(lags: readonly LagInput[], canvas: Canvas, palette: Palette): Drawing {
  const left = 60;
  const gap = 24;
  const perRow = canvas.narrow ? 1 : Math.min(3, Math.max(...byDesign(lags).map((panel) => panel.arms.length)));
  const width = (canvas.width - left - 12 - gap * (perRow - 1)) / perRow;
  const height = canvas.narrow ? 120 : 168;
  const bins = lags.flatMap((lag) => lag.bins);
  const low = Math.max(1, min(bins, (b) => b.minNs) ?? 1);
  const y = scaleLog([low * 0.9, Math.max(low * 2, (max(bins, (b) => b.maxNs) ?? 10) * 1.1)], [height, 0]);
  let top = 0;
  const body: Markup[] = [];
  for (const { heading, arms } of byDesign(lags)) {
    body.push(markup`<text class="heading" x="${canvas.narrow ? 8 : 0}" y="${px(top + 16)}">${heading}</text>`);
    top += 26;
    for (let i = 0; i < arms.length; i += perRow) {
      for (const [column, lag] of arms.slice(i, i + perRow).entries()) {
        body.push(
          move(
            left + column * (width + gap),
            top + 22,
            panel(lag, y, { width, height, first: column === 0, palette, narrow: canvas.narrow }),
          ),
        );
      }
      top += height + 60;
    }
  }
  return { height: top, body: markup`${body}` };
}

interface PanelOptions {
  readonly width: number;
  readonly height: number;
  readonly first: boolean;
  readonly narrow: boolean;
  readonly palette: Palette;
}

function panel(lag: LagInput, y: ReturnType<typeof scaleLog<number, number>>, o: PanelOptions): Markup {
  const x = scaleLinear([min(lag.bins, (b) => b.fromIndex) ?? 0, max(lag.bins, (b) => b.toIndex) ?? 1], [0, o.width]);
  const at = (b: LagBin) => x((b.fromIndex + b.toIndex) / 2);
  const positive = (ns: number) => y(Math.max(1, ns));
  const band =
    area<LagBin>(
      at,
      (b) => positive(b.p10Ns),
      (b) => positive(b.p90Ns),
    ).digits(1)(lag.bins) ?? '';
  const path = (bins: readonly LagBin[], pick: (b: LagBin) => number) =>
    line<LagBin>(at, (b) => positive(pick(b))).digits(1)(bins) ?? '';
  const outer = envelope(lag.bins, Math.min(o.width / 3, Math.max(20, lag.bins.length / 2)));
  return markup`${warmup(lag, x, o)}${leftAxis(logTicks(y), o.width, o.first)}${bottomAxis(countTicks(x, o.narrow ? 4 : 3), o.height)}${blockTicks(lag, x, o)}<text class="name" x="0" y="-8">${lag.label}</text><g class="${o.palette(lag)}"><path class="band" d="${band}"/><path class="thin" d="${path(outer, (b) => b.minNs)}"/><path class="thin" d="${path(outer, (b) => b.maxNs)}"/><path class="line" d="${path(lag.bins, (b) => b.p50Ns)}"/></g>`;
}

/** Neighbouring bins joined until at most `count` are left: fastest and slowest stay exact, only they are drawn from it. */
function envelope(bins: readonly LagBin[], count: number): readonly LagBin[] {
  const size = Math.ceil(bins.length / count);
  return Array.from({ length: Math.ceil(bins.length / size) }, (_, i) => {
    const part = bins.slice(i * size, (i + 1) * size);
    const first = part[0] as LagBin;
    return {
      ...first,
      toIndex: part.at(-1)?.toIndex ?? first.toIndex,
      minNs: Math.min(...part.map((b) => b.minNs)),
      maxNs: Math.max(...part.map((b) => b.maxNs)),
    };
  });
}

function warmup(lag: LagInput, x: (index: number) => number, o: PanelOptions): Markup | null {
  if (lag.warmupEndIndex === null || lag.warmupEndIndex <= 0) return null;
  const end = Math.min(o.width, Math.max(0, x(lag.warmupEndIndex)));
  const own = [...new Set(lag.forkEndIndexes ?? [])].filter((index) => index > 0 && index !== lag.warmupEndIndex);
  const ticks = own.map(
    (index) => markup`<line class="edge" x1="${px(x(index))}" x2="${px(x(index))}" y1="0" y2="${px(o.height / 8)}"/>`,
  );
  return markup`<rect class="warmup" x="0" y="0" width="${px(end)}" height="${o.height}"/><line class="edge" x1="${px(end)}" x2="${px(end)}" y1="0" y2="${o.height}"/>${ticks}<text class="note" x="${px(o.width)}" y="-8" text-anchor="end">warm-up ends at ${formatCount(lag.warmupEndIndex)}</text>`;
}

/** a tick per block, or per several where they would touch */
function blockTicks(lag: LagInput, x: (index: number) => number, o: PanelOptions): Markup | null {
  const starts = lag.blockStartIndexes ?? [];
  if (starts.length === 0) return null;
  const step = Math.ceil(starts.length / (o.width / 9));
  const path = starts.filter((_, i) => i % step === 0).map((index) => `M${px(x(index))} ${o.height}v-6`);
  return markup`<path class="blocks" d="${path.join('')}"/>`;
}

function describe(lag: LagInput): string {
  const kept = lag.bins.filter((b) => b.fromIndex >= (lag.warmupEndIndex ?? 0));
  const shown = kept.length > 0 ? kept : lag.bins;
  const low = min(shown, (b) => b.p50Ns) ?? Number.NaN;
  const high = max(shown, (b) => b.p50Ns) ?? Number.NaN;
  const end =
    lag.warmupEndIndex === null ? 'no warm-up dropped' : `warm-up ends at request ${formatCount(lag.warmupEndIndex)}`;
  const blocks = lag.blockStartIndexes ? `, ${formatMany(lag.blockStartIndexes.length, 'block')} a process start` : '';
  return `${lag.label} (${lag.design}): ${end}${blocks}; after it bin medians lie between ${formatDuration(low)} and ${formatDuration(high)}, slowest request ${formatDuration(max(shown, (b) => b.maxNs) ?? Number.NaN)}.`;
}
