/** A figure is text, a way to draw it at any width, and its numbers. Who shows it chooses the widths: the page draws it twice, for a desk
 * and for a phone, a file once at its column's width. Text stays at reading size in all. */

import { type Insertable, type Markup, markup } from '../html/markup.ts';

export interface Canvas {
  readonly width: number;
  readonly narrow: boolean;
  /** to make ids unique */
  readonly suffix: string;
}

export interface Drawing {
  readonly height: number;
  readonly body: Markup;
}

export interface FigureText {
  readonly id: string;
  /** names the figure to a screen reader */
  readonly title: string;
  /** says what a sighted reader sees */
  readonly description: string;
  readonly caption: Markup | string;
}

/** The numbers a figure shows, as a table; the first cell of a row is its header. */
export interface FigureData {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Insertable[])[];
}

export interface Figure {
  readonly text: FigureText;
  /** gives the same content at every width */
  readonly draw: (canvas: Canvas) => Drawing;
  readonly data?: FigureData;
}

export const WIDE: Canvas = { width: 920, narrow: false, suffix: 'w' };
export const NARROW: Canvas = { width: 360, narrow: true, suffix: 'n' };

/** The drawing with its name and description; without style. */
export function svgOf(figure: Figure, canvas: Canvas): Markup {
  const { text } = figure;
  const drawing = figure.draw(canvas);
  const id = `${text.id}-${canvas.suffix}`;
  return markup`<svg class="plot ${canvas.narrow ? 'narrow' : 'wide'}" viewBox="0 0 ${canvas.width} ${Math.ceil(drawing.height)}" role="img" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">${text.title}</title><desc id="${id}-d">${text.description}</desc>${drawing.body}</svg>`;
}

export function move(x: number, y: number, body: Markup | readonly Markup[]): Markup {
  return markup`<g transform="translate(${px(x)} ${px(y)})">${body}</g>`;
}

/** Many dots as one path of round-capped strokes without length: a tenth of the size of circles. */
export function dots(at: readonly (readonly [number, number])[], kind: string): Markup | null {
  if (at.length === 0) return null;
  return markup`<path class="dots ${kind}" d="${at.map(([x, y]) => `M${px(x)} ${px(y)}h0`).join('')}"/>`;
}

/** Coordinates to a tenth of a pixel keep the file small. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
