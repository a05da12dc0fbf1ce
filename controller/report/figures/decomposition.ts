/** A shift and its parts under each other, each with its interval, on one axis. */

import { scaleLinear } from 'd3-scale';
import type { Decomposition, KnownPart } from '../../analysis/results.ts';
import { isOwnAlone, PART_WORDS, partOf, partText, shownParts } from '../decomposition.ts';
import { type Markup, markup } from '../html/markup.ts';
import { bottomAxis, linearTicks } from './axis.ts';
import { type Canvas, type Drawing, type Figure, move, px } from './frame.ts';
import type { Palette } from './palette.ts';

/** @returns null where no shift of the group could be taken apart */
export function decompositionFigure(
  name: string,
  id: string,
  rows: readonly Decomposition[],
  palette: Palette,
): Figure | null {
  const known = rows.filter((row) => row.call.estimateNs !== null || isOwnAlone(row));
  if (known.length === 0) return null;
  const lines = known.flatMap(linesOf);
  return {
    text: {
      id: `${id}-parts`,
      title: `Where the shifts of ${name} come from`,
      description: known.map(({ sentence }) => sentence).join(' '),
      caption: markup`<b>The shift of the median, taken apart.</b> Own work: what the hook’s clock or the kernel’s run-time statistics count; the way into it: what the caller in ${known.find(({ micro }) => micro !== null)?.micro ?? 'a loop'} sees beyond that, for as many reads as a request has; the rest: what the request shows beyond both (caches, scheduling, queueing). Lines: 95 % intervals over process starts.`,
    },
    draw: (canvas) => draw(lines, canvas, palette),
    data: { head: ['hook', 'part', 'ns'], rows: lines.map(({ hook, part, text }) => [hook, part, text]) },
  };
}

interface Line {
  readonly hook: string;
  readonly part: string;
  readonly text: string;
  readonly value: KnownPart | null;
  readonly isFirst: boolean;
}

function linesOf(row: Decomposition): readonly Line[] {
  return shownParts(row).map((name, i) => {
    const part = partOf(row, name);
    const value = part.estimateNs === null ? null : part;
    const text = value === null ? 'not known' : partText(value);
    return { hook: row.treated, part: PART_WORDS[name], text, value, isFirst: i === 0 };
  });
}

function draw(lines: readonly Line[], canvas: Canvas, palette: Palette): Drawing {
  const left = canvas.narrow ? 8 : 250;
  const right = canvas.narrow ? 12 : 200;
  const rowHeight = canvas.narrow ? 42 : 26;
  const width = canvas.width - left - right;
  const ends = lines.flatMap(({ value }) => (value === null ? [] : [value]));
  const low = Math.min(0, ...ends.map((end) => end.lowNs));
  const high = Math.max(0, ...ends.map((end) => end.highNs));
  const margin = Math.max((high - low) * 0.05, 1);
  const x = scaleLinear([low - margin, high + margin], [0, width]);
  const height = lines.length * rowHeight;
  const rows = lines.map((line, i) =>
    row(line, (i + (canvas.narrow ? 0.7 : 0.5)) * rowHeight, { canvas, left, width }, x, palette),
  );
  const zero = markup`<line class="zero" x1="${px(x(0))}" x2="${px(x(0))}" y1="0" y2="${height}"/>`;
  return {
    height: height + 34,
    body: move(left, 4, [bottomAxis(linearTicks(x, canvas.narrow ? 3 : 6, true), height), zero, ...rows]),
  };
}

function row(
  { hook, part, text, value, isFirst }: Line,
  y: number,
  { canvas, left, width }: { canvas: Canvas; left: number; width: number },
  x: (ns: number) => number,
  palette: Palette,
): Markup {
  const names = canvas.narrow
    ? markup`<text class="note halo" x="0" y="${px(y - 14)}">${isFirst ? `${hook}: ` : ''}${part}</text><text class="note halo" x="${px(width)}" y="${px(y - 14)}" text-anchor="end">${text}</text>`
    : markup`${isFirst && markup`<text class="name" x="${px(-left)}" y="${px(y + 4)}">${hook}</text>`}<text class="note" x="${px(-left + 110)}" y="${px(y + 4)}">${part}</text><text class="note" x="${px(width + 14)}" y="${px(y + 4)}">${text}</text>`;
  if (value === null) return names;
  const size = isFirst ? 9 : 7;
  return markup`${names}<g class="${palette({ mechanism: hook, aa: false })}"><line class="interval" x1="${px(x(value.lowNs))}" x2="${px(x(value.highNs))}" y1="${px(y)}" y2="${px(y)}"/><rect class="point" x="${px(x(value.estimateNs) - size / 2)}" y="${px(y - size / 2)}" width="${size}" height="${size}"/></g>`;
}
