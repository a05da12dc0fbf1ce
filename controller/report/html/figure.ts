/** A figure on the page: drawn for a desk and for a phone, its caption, and its numbers as a table. */

import { type Figure, NARROW, svgOf, WIDE } from '../figures/frame.ts';
import { type Markup, markup } from './markup.ts';
import { scrollTable } from './parts.ts';

export function figureMarkup(figure: Figure): Markup {
  const { text, data } = figure;
  const table =
    data &&
    markup`<details><summary>These numbers as a table</summary>${scrollTable({
      label: `Numbers of: ${text.title}`,
      caption: text.title,
      head: data.head,
      rows: data.rows,
      numeric: data.head.map((_, i) => i).slice(1),
    })}</details>`;
  return markup`<figure class="figure" id="${text.id}">${svgOf(figure, WIDE)}${svgOf(figure, NARROW)}<figcaption>${text.caption}</figcaption>${table}</figure>`;
}
