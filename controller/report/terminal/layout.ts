/** The little that a terminal table needs: cells of several lines, columns as wide as their content, wrapping by words. */

import { stripVTControlCharacters } from 'node:util';

/** text that may run over the empty cells to its right, `over` cells in all */
export interface Spanning {
  readonly text: string;
  readonly over: number;
}

/** one line per entry; may carry colour codes */
export type Cell = readonly (string | Spanning)[];

/** what a layout may use of a terminal that says it has so many columns; 80 where it does not say */
export function widthFor(columns: number): number {
  return Math.max(40, Math.floor(columns) || 80);
}

/** longer lines of text are hard to follow back */
export function proseWidth(columns: number): number {
  return Math.min(columns, 100);
}

export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** @param rows cells of equal count per row
 * @returns the table's lines without trailing blanks, or null where it needs more than `columns` */
export function layTable(
  rows: readonly (readonly Cell[])[],
  columns: number,
  indent = 2,
  gap = 2,
): readonly string[] | null {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) =>
    Math.max(0, ...rows.flatMap((row) => (row[i] ?? []).map((line) => (typeof line === 'string' ? widthOf(line) : 0)))),
  );
  for (const row of rows) for (const [i, cell] of row.entries()) makeRoom(widths, i, cell, gap);
  const total = indent + widths.reduce((sum, width) => sum + width + gap, 0) - gap;
  if (total > columns) return null;
  return rows.flatMap((row) => {
    const height = Math.max(0, ...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) => layLine(row, line, widths, indent, gap));
  });
}

function layLine(row: readonly Cell[], at: number, widths: readonly number[], indent: number, gap: number): string {
  let text = ' '.repeat(indent);
  let start = indent;
  for (const [i, width] of widths.entries()) {
    const line = row[i]?.[at] ?? '';
    text += typeof line === 'string' ? line : line.text;
    start += width + gap;
    text = pad(text, start);
  }
  return trimEnd(text);
}

function makeRoom(widths: number[], at: number, cell: Cell, gap: number): void {
  for (const line of cell) {
    if (typeof line === 'string') continue;
    const room = widths.slice(at, at + line.over).reduce((sum, width) => sum + width + gap, -gap);
    widths[at] = (widths[at] ?? 0) + Math.max(0, widthOf(line.text) - room);
  }
}

/** Breaks text at spaces into lines of at most `columns`; a word longer than a line is cut. Later lines are indented by `hang`. */
export function wrap(text: string, columns: number, indent = 0, hang = indent): readonly string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  let empty = true;
  const flush = () => {
    lines.push(trimEnd(line));
    line = ' '.repeat(hang);
    empty = true;
  };
  for (const word of text.split(' ').filter((part) => part !== '')) {
    let rest = word;
    if (!empty && widthOf(line) + 1 + widthOf(rest) > columns) flush();
    while (widthOf(line) + widthOf(rest) > columns && empty) {
      const room = Math.max(1, columns - widthOf(line));
      line += [...rest].slice(0, room).join('');
      rest = [...rest].slice(room).join('');
      flush();
    }
    line += empty ? rest : ` ${rest}`;
    empty = false;
  }
  if (!empty) flush();
  return lines;
}

/** Study text can't move the cursor, colour the screen or reverse the writing direction. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .replace(/[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

function trimEnd(text: string): string {
  return text.replace(/ +$/, '');
}
