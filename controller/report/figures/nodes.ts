/** Forest plot of one hook over nodes: a square per node as large as its weight, the pooled effect as a diamond, what a further node may show beneath. */

import { scaleLinear } from 'd3-scale';
import type { PooledRow } from '../../analysis/results.ts';
import { formatEstimate, formatPercent } from '../format.ts';
import { type Markup, markup } from '../html/markup.ts';
import { VERDICT_WORDS } from '../words.ts';
import { bottomAxis, linearTicks } from './axis.ts';
import { type Canvas, type Drawing, type Figure, move, px } from './frame.ts';
import type { Palette } from './palette.ts';

export function nodesFigure(row: PooledRow, where: string, id: string, palette: Palette): Figure {
  const each = row.nodes.map((one) => {
    return `${one.node}: ${formatEstimate(one).text}, weight ${formatPercent(one.weight)}, ${VERDICT_WORDS[one.verdict].word}.`;
  });
  return {
    text: {
      id: `${id}-nodes`,
      title: `${row.treated}, ${where}: shift of the median on each node and over all`,
      description: [...each, `All nodes: ${formatEstimate(row.pooled).text}.`].join(' '),
      caption: markup`<b>${row.treated}, ${where}, ${row.design}.</b> Squares: nodes with their intervals, as large as their weight; diamond: over all nodes; dashed: where a further node is to be expected. Zero is no cost.`,
    },
    draw: (canvas) => draw(row, canvas, palette),
  };
}

interface Interval {
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
}

function draw(row: PooledRow, canvas: Canvas, palette: Palette): Drawing {
  const left = canvas.narrow ? 8 : 150;
  const right = canvas.narrow ? 12 : 200;
  const rowHeight = canvas.narrow ? 44 : 32;
  const width = canvas.width - left - right;
  const ends = [...row.nodes, row.pooled, ...(row.prediction ? [row.prediction] : [])];
  const low = Math.min(0, ...ends.map((end) => end.lowNs));
  const high = Math.max(0, ...ends.map((end) => end.highNs));
  const margin = Math.max((high - low) * 0.05, 1);
  const x = scaleLinear([low - margin, high + margin], [0, width]);
  const count = row.nodes.length + 1 + (row.prediction ? 1 : 0);
  const height = count * rowHeight;
  const middle = (i: number) => (i + (canvas.narrow ? 0.7 : 0.5)) * rowHeight;
  const label = (i: number, name: string, text: string) => {
    const y = middle(i);
    if (canvas.narrow)
      return markup`<text class="note halo" x="0" y="${px(y - 14)}">${name}</text><text class="note halo" x="${px(width)}" y="${px(y - 14)}" text-anchor="end">${text}</text>`;
    return markup`<text class="name" x="${px(-left)}" y="${px(y + 4)}">${name}</text><text class="note" x="${px(width + 14)}" y="${px(y + 4)}">${text}</text>`;
  };
  const nodes = row.nodes.map((one, i) => {
    const half = 3 + 5 * Math.sqrt(one.weight);
    return markup`${label(i, one.node, formatEstimate(one).text)}<g class="${one.verdict === 'invalid' && 'unusable'}">${line(one, x, middle(i))}<rect class="point" x="${px(x(one.estimateNs) - half)}" y="${px(middle(i) - half)}" width="${px(2 * half)}" height="${px(2 * half)}"/></g>`;
  });
  const at = middle(row.nodes.length);
  const pooled = markup`${label(row.nodes.length, 'all nodes', formatEstimate(row.pooled).text)}<path class="solid" d="${diamond(row.pooled, x, at)}"/>`;
  const further = row.prediction && prediction(row.prediction, x, middle(row.nodes.length + 1));
  const name = row.prediction && label(row.nodes.length + 1, 'a further node', '');
  const zero = markup`<line class="zero" x1="${px(x(0))}" x2="${px(x(0))}" y1="0" y2="${height}"/>`;
  const marks = markup`<g class="${palette({ mechanism: row.treated, aa: false })}">${nodes}${pooled}${further}</g>${name}`;
  return {
    height: height + 34,
    body: move(left, 4, [bottomAxis(linearTicks(x, canvas.narrow ? 3 : 6, true), height), zero, marks]),
  };
}

function line({ lowNs, highNs }: Interval, x: (ns: number) => number, y: number): Markup {
  return markup`<line class="interval" x1="${px(x(lowNs))}" x2="${px(x(highNs))}" y1="${px(y)}" y2="${px(y)}"/>`;
}

function diamond({ estimateNs, lowNs, highNs }: Interval, x: (ns: number) => number, y: number): string {
  return `M${px(x(lowNs))} ${px(y)}L${px(x(estimateNs))} ${px(y - 9)}L${px(x(highNs))} ${px(y)}L${px(x(estimateNs))} ${px(y + 9)}Z`;
}

function prediction(
  { lowNs, highNs }: Pick<Interval, 'lowNs' | 'highNs'>,
  x: (ns: number) => number,
  y: number,
): Markup {
  return markup`<line class="edge" x1="${px(x(lowNs))}" x2="${px(x(highNs))}" y1="${px(y)}" y2="${px(y)}"/>`;
}
