/** Which line is which arm. */

import { type Markup, markup } from '../html/markup.ts';
import { type Canvas, px } from './frame.ts';
import type { ArmName } from './input.ts';
import type { Palette } from './palette.ts';

export interface Legend {
  readonly body: Markup;
  readonly height: number;
}

/** Names in a row that breaks where the canvas ends.
 * @param dashed lines of the panel carry the series' dashes */
export function legendLines(arms: readonly ArmName[], canvas: Canvas, palette: Palette, dashed = false): Legend {
  const start = canvas.narrow ? 0 : 60;
  const length = dashed ? 26 : 14;
  let x = start;
  let y = 0;
  const items = arms.map((arm) => {
    const width = length + 18 + arm.label.length * 7.2;
    if (x > start && x + width - 12 > canvas.width - (canvas.narrow ? 10 : 76)) {
      x = start;
      y += 18;
    }
    const dot = !dashed && markup`<circle class="dot" cx="${px(x + 7)}" cy="${y - 4}" r="2.4"/>`;
    const item = markup`<g class="${palette(arm)}"><line class="line${dashed && ' dashed'}" x1="${px(x)}" x2="${px(x + length)}" y1="${y - 4}" y2="${y - 4}"/>${dot}</g><text class="note" x="${px(x + length + 6)}" y="${y}">${arm.label}</text>`;
    x += width;
    return item;
  });
  return { body: markup`${items}`, height: y + 22 };
}
