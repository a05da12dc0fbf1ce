/** uPlot with our axes, colours and sizes: a chart is as wide as its box and follows light and dark. */

import uPlot from 'uplot';
import { onTheme, paint } from './colors.ts';
import { clock, tellTick } from './words.ts';

export interface Line {
  /** colour of the style sheet */
  readonly color: string;
  readonly dashed?: boolean;
  readonly width?: number;
  readonly faint?: boolean;
}

export interface ChartOptions {
  readonly heightPx: number;
  readonly lines: readonly Line[];
  /** between which lines to fill, by index */
  readonly band?: { readonly upper: number; readonly lower: number; readonly color: string };
  /** without axes, in a table */
  readonly bare?: boolean;
  /** [low, high] of the y axis for the data shown */
  readonly range: () => [number, number];
  /** of the x axis; that of the data unless it is given */
  readonly span?: () => [number, number];
}

/** null ends a line, undefined is passed over */
export type Columns = readonly (readonly (number | null | undefined)[])[];

const FEW_POINTS = 200;
const FONT = '12px system-ui, sans-serif';
const charts = new Set<uPlot>();
onTheme(() => {
  for (const chart of charts) chart.redraw(false);
});
const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const chart = [...charts].find(({ root }) => root.parentElement === target);
    if (chart !== undefined && contentRect.width > 0) chart.setSize({ width: contentRect.width, height: chart.height });
  }
});

/** @returns sets the data: first the x values, then a column for each line */
export function chart(box: HTMLElement, o: ChartOptions): (columns: Columns) => void {
  const { bare = false } = o;
  const axis: uPlot.Axis = {
    font: FONT,
    stroke: () => paint('muted'),
    grid: { stroke: () => paint('hair'), width: 1 },
    ticks: { show: false },
  };
  const plot = new uPlot(
    {
      width: box.clientWidth || 300,
      height: o.heightPx,
      cursor: { show: false },
      legend: { show: false },
      padding: bare ? [3, 2, 3, 2] : [8, 16, 0, 0],
      scales: {
        x: { time: false, range: (_, from, to) => o.span?.() ?? [from, Math.max(to, from + 1)] },
        y: { range: () => o.range() },
      },
      axes: bare
        ? [{ show: false }, { show: false }]
        : [
            { ...axis, size: 26, gap: 4, values: (_, at) => at.map(clock), incrs: [1, 5, 10, 30, 60, 120, 300, 600] },
            { ...axis, size: 62, gap: 6, values: (_, at) => at.map(tellTick) },
          ],
      series: [{}, ...o.lines.map(seriesOf)],
      ...(o.band !== undefined && { bands: [bandOf(o.band)] }),
      hooks: bare ? { draw: [drawZero] } : {},
    },
    [[], ...o.lines.map(() => [])],
    box,
  );
  charts.add(plot);
  sizes.observe(box);
  return (columns) => plot.setData(columns as unknown as uPlot.AlignedData);
}

/** ends what is in a part that is thrown away */
export function dropCharts(within: Element): void {
  for (const chart of charts) {
    if (!within.contains(chart.root)) continue;
    if (chart.root.parentElement !== null) sizes.unobserve(chart.root.parentElement);
    chart.destroy();
    charts.delete(chart);
  }
}

function seriesOf({ color, dashed = false, width = 2, faint = false }: Line): uPlot.Series {
  return {
    stroke: () => paint(color) + (faint ? '99' : ''),
    width,
    ...(dashed && { dash: [4, 4] }),
    // a lone one makes no line to see
    points: { show: (plot) => !faint && (plot.data[0]?.length ?? 0) < FEW_POINTS, size: 4 },
  };
}

function bandOf({ upper, lower, color }: NonNullable<ChartOptions['band']>): uPlot.Band {
  return { series: [upper + 1, lower + 1], fill: () => `${paint(color)}38` };
}

function drawZero(plot: uPlot): void {
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(0, 'y', true));
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = paint('muted');
  ctx.setLineDash([3, 3]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
