/** The result as text. */

import type { Range, StreamRow } from './result.ts';
import { targetsOf } from './targets.ts';

export function tableOf(rows: readonly StreamRow[]): string {
  const head = ['', 'M samples/s', 'CPU-s/M agent', 'CPU-s/M controller', 'RSS MiB', 'B wire', 'B disk', 'p99 ack ms'];
  const body = rows.map((row) => [
    row.title,
    spread({ ...row.samplesPerS }, 1e-6, 2),
    spread(row.senderCpu, 1, 3),
    spread(row.receiverCpu, 1, 3),
    `${row.senderRssMib.median.toFixed(0)} / ${row.receiverRssMib.median.toFixed(0)}`,
    middle(row.wireBytes, 2),
    middle(row.diskBytes, 2),
    middle(row.ackP99Ms, 0),
  ]);
  const ratios = rows.flatMap((row) =>
    row.cpuOfBase === null ? [] : [[row.title, `${spread(row.cpuOfBase, 1, 2)} × ${titleOf(rows, row.base)}`]],
  );
  return [
    'From agents to a controller’s disk: medians over rounds, [least, most]; RSS is agent / controller',
    ...aligned([head, ...body]),
    '',
    'CPU per sample of both sides together, as a multiple, round by round',
    ...aligned(ratios),
    '',
    'Targets',
    ...targetsOf(rows).map(({ text, reached }) => `  ${reached === null ? '?' : reached ? '✓' : '✗'} ${text}`),
    '',
  ].join('\n');
}

function titleOf(rows: readonly StreamRow[], id: string | null): string {
  return rows.find((row) => row.id === id)?.title ?? '';
}

function spread({ median, low, high }: Range, scale: number, digits: number): string {
  const [middleText, lowText, highText] = [median, low, high].map((value) => (value * scale).toFixed(digits));
  return `${middleText} [${lowText}, ${highText}]`;
}

function middle(range: Range | null, digits: number): string {
  return range === null ? '–' : range.median.toFixed(digits);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((text, i) => (i === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[i]!))).join('  ')}`.trimEnd(),
  );
}
