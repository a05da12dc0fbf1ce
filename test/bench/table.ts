/** The result as text. */

import type { Estimate } from './estimate.ts';
import type { Case } from './process.ts';
import type { Cell, RowResult } from './result.ts';
import { HEADLINE, targetLines } from './targets.ts';

export function tableOf(results: readonly RowResult[], cases: readonly Case[]): string {
  const headline = cases.find(isHeadline) ?? cases[0]!;
  return [
    `Added per read, ${nameOf(headline)}; [low, high] is a 95 % interval of the median over rounds`,
    ...aligned([
      ['', 'base', 'added', '', 'ratio', '× reference'],
      ...results.map((row) => headlineRow(row, headline)),
    ]),
    '',
    'A process that the probe filters out',
    ...aligned(results.flatMap((row) => bystanderRow(row, headline))),
    '',
    ...cases
      .filter((of) => of !== headline)
      .flatMap((of) => [`Added per read, ${nameOf(of)}`, ...aligned(results.flatMap((row) => shortRow(row, of))), '']),
    'Targets',
    ...targetLines(results).map(({ text, reached }) => `  ${reached === null ? '?' : reached ? '✓' : '✗'} ${text}`),
    '',
  ].join('\n');
}

export function nameOf({ transport, bytes, hit }: Case): string {
  const socket = transport === 'local' ? 'local socket' : 'loopback TCP';
  return `${bytes.toLocaleString('en-US')} bytes, ${hit ? 'a keyword' : 'no keyword'}, ${socket}`;
}

function headlineRow(row: RowResult, of: Case): string[] {
  const cell = row.cells.find((one) => one.of === of);
  if (cell === undefined) return [row.title, '', `– ${row.missing ?? 'not in this run'}`];
  const { baseNs, added, ratio, ofReference } = cell;
  return [row.title, ns(baseNs), signed(added.ns), interval(added), ratio.toFixed(2), ofReference?.toFixed(3) ?? ''];
}

function shortRow(row: RowResult, of: Case): string[][] {
  const cell = row.cells.find((one) => one.of === of);
  return cell === undefined
    ? []
    : [[row.title, ns(cell.baseNs), signed(cell.added.ns), interval(cell.added), cell.ratio.toFixed(2)]];
}

function bystanderRow(row: RowResult, of: Case): string[][] {
  const bystander = row.cells.find((cell: Cell) => cell.of === of)?.bystander;
  return bystander === null || bystander === undefined
    ? []
    : [[row.title, '', signed(bystander.ns), interval(bystander)]];
}

function isHeadline({ transport, bytes, hit }: Case): boolean {
  return transport === HEADLINE.transport && bytes === HEADLINE.bytes && hit === HEADLINE.hit;
}

function ns(value: number): string {
  return `${Math.round(value).toLocaleString('en-US')} ns`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${ns(Math.abs(value))}`;
}

function interval({ lowNs, highNs }: Estimate): string {
  const bound = (value: number) => signed(value).replace(' ns', '');
  return `[${bound(lowNs)}, ${bound(highNs)}]`;
}

/** The first column to the left, the others to the right; the last of a short row is left as it is. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const full = rows.filter((row) => row.length > 3);
  const widths = (full[0] ?? []).map((_, i) => Math.max(...full.map((row) => row[i]?.length ?? 0)));
  const first = Math.max(...rows.map((row) => row[0]!.length), 0);
  return rows.map((row) => {
    const rest = row.length > 3 ? row.slice(1).map((text, i) => text.padStart(widths[i + 1]!)) : row.slice(1);
    return `  ${row[0]!.padEnd(first)}  ${rest.join('  ')}`.trimEnd();
  });
}
