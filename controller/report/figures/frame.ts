/** Every figure is drawn twice, for a page and for a phone; the style sheet shows one. Text stays at reading size in both. */

import { type Markup, markup } from '../html/markup.ts';

export interface Canvas {
  readonly width: number;
  readonly narrow: boolean;
  /** to make ids unique */
  readonly suffix: 'w' | 'n';
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

export const WIDE: Canvas = { width: 920, narrow: false, suffix: 'w' };
export const NARROW: Canvas = { width: 360, narrow: true, suffix: 'n' };

/** @param draw is called for both canvases and gives the same content in both */
export function figure(text: FigureText, draw: (canvas: Canvas) => Drawing): Markup {
  return markup`<figure class="figure" id="${text.id}">${svg(text, WIDE, draw(WIDE))}${svg(text, NARROW, draw(NARROW))}<figcaption>${text.caption}</figcaption></figure>`;
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

function svg(text: FigureText, canvas: Canvas, drawing: Drawing): Markup {
  const id = `${text.id}-${canvas.suffix}`;
  return markup`<svg class="plot ${canvas.narrow ? 'narrow' : 'wide'}" viewBox="0 0 ${canvas.width} ${Math.ceil(drawing.height)}" role="img" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">${text.title}</title><desc id="${id}-d">${text.description}</desc>${drawing.body}</svg>`;
}
