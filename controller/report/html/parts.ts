/** Small pieces that every section uses: a number with its interval, a verdict, a table that scrolls by itself. */

import type { Comparison, Estimate, Flag, Verdict } from '../../analysis/results.ts';
import { formatDuration, formatEstimate, formatRatio } from '../format.ts';
import { FLAG_WORDS, missingReason, VERDICT_WORDS } from '../words.ts';
import { type Insertable, type Markup, markup } from './markup.ts';

/** A shift with its interval beneath; the exact ns are in the `data` elements. */
export function shiftMarkup(e: Estimate | null, c: Comparison): Markup {
  if (e === null) return markup`<span class="missing">n/a (${missingReason(c)})</span>`;
  const { value, interval } = formatEstimate(e);
  return markup`<span class="shift"><data class="estimate" value="${e.estimateNs}">${value}</data> <span class="interval-text"><data value="${e.lowNs} ${e.highNs}">${interval}</data></span></span>`;
}

export function ratioMarkup(c: Comparison): Markup | null {
  const ratio = c.shifts.p50 === null ? null : formatRatio(c.shifts.p50, c.baselineStats.p50Ns);
  return (
    ratio && markup`<span class="ratio">${ratio.value} <span class="interval-text">${ratio.interval}</span></span>`
  );
}

export function durationMarkup(ns: number): Markup {
  return markup`<data value="${ns}">${formatDuration(ns)}</data>`;
}

/** Colour, symbol and word; any one of them is enough. */
export function verdictMarkup(verdict: Verdict): Markup {
  const { symbol, word } = VERDICT_WORDS[verdict];
  return markup`<span class="verdict v-${verdict}"><span aria-hidden="true">${symbol}</span> ${word}</span>`;
}

export function flagList(flags: readonly Flag[], treated?: string): Markup | null {
  if (flags.length === 0) return null;
  return markup`<ul class="flags">${flags.map((flag) => markup`<li><b>${treated !== undefined && `${treated}: `}${FLAG_WORDS[flag.code].word}</b> ${flag.detail}</li>`)}</ul>`;
}

export interface Table {
  readonly caption: Insertable;
  readonly head: readonly Insertable[];
  /** the first cell of a row is its header */
  readonly rows: readonly (readonly Insertable[])[];
  /** columns (from 0) that hold numbers */
  readonly numeric?: readonly number[];
  readonly label: string;
  /** where the page is too narrow for its columns each row is a card, with the head of its column in each cell */
  readonly cards?: true;
}

/** A table in a region that a keyboard can scroll where it is wider than the page. */
export function scrollTable(table: Table): Markup {
  if (table.cards) return cardTable(table);
  const kind = (i: number) => (table.numeric?.includes(i) ? 'num' : 'txt');
  const head = table.head.map((cell, i) =>
    cell === '' ? markup`<td></td>` : markup`<th scope="col" class="${kind(i)}">${cell}</th>`,
  );
  const rows = table.rows.map(
    (row) =>
      markup`<tr>${row.map((cell, i) => (i === 0 ? markup`<th scope="row">${cell}</th>` : markup`<td class="${kind(i)}">${cell}</td>`))}</tr>`,
  );
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="${table.label}"><table><caption>${table.caption}</caption><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Roles are told, as a table whose rows are shown as blocks is none to a screen reader. */
function cardTable({ head, rows, numeric = [], caption, label }: Table): Markup {
  const kind = (i: number) => (numeric.includes(i) ? 'num' : 'txt');
  const heads = head.map((cell, i) => markup`<th scope="col" role="columnheader" class="${kind(i)}">${cell}</th>`);
  const body = rows.map(
    ([first, ...cells]) =>
      markup`<tr role="row"><th scope="row" role="rowheader">${first}</th>${cells.map((cell, i) => markup`<td role="cell" class="${kind(i + 1)}">${cell !== '' && markup`<span class="where" aria-hidden="true">${head[i + 1]}</span>`}${cell}</td>`)}</tr>`,
  );
  return markup`<div class="scroll cards" role="region" tabindex="0" aria-label="${label}"><table role="table"><caption>${caption}</caption><thead role="rowgroup"><tr role="row">${heads}</tr></thead><tbody role="rowgroup">${body}</tbody></table></div>`;
}
