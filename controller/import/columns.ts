/** The header line of a Locust-format CSV, and lines that need more than a quick look. */

import { BenchError } from '#proto';

/** Where the two columns stand in each line. */
export interface ColumnPlaces {
  readonly startTime: number;
  readonly responseTime: number;
}

export const START_TIME = 'start_time';
export const RESPONSE_TIME = 'response_time';
export const FORMAT = `a CSV with the columns ${START_TIME} (seconds since 1970) and ${RESPONSE_TIME} (milliseconds)`;

/** Columns are found by name, whatever their order and whatever else is there.
 * @param line first line, without its end; a byte order mark is dropped
 * @throws BenchError usage naming what is missing and what was found */
export function columnPlaces(line: string, file: string): ColumnPlaces {
  const names = fieldsOf(line.replace(/^\uFEFF/, ''))?.map((name) => name.trim().toLowerCase()) ?? [];
  const startTime = names.indexOf(START_TIME);
  const responseTime = names.indexOf(RESPONSE_TIME);
  if (startTime >= 0 && responseTime >= 0) return { startTime, responseTime };
  const missing = [START_TIME, RESPONSE_TIME].filter((name) => !names.includes(name)).join(' and ');
  const found = names.length === 0 ? shown(line) : names.map(shown).slice(0, MAX_NAMES).join(', ');
  throw new BenchError('usage', `${file}:1: the header has no column ${missing}; it has ${found}`, {
    nextStep: `give ${FORMAT}`,
  });
}

/** The fields of one CSV line (RFC 4180: quotes around a field, doubled inside).
 * @returns null where a quoted field is not closed, or goes on after its end; quotes inside an unquoted field are text */
export function fieldsOf(line: string): string[] | null {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      const end = closingQuote(line, at);
      if (end < 0 || (end + 1 < line.length && line[end + 1] !== ',')) return null;
      fields.push(line.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
    } else {
      const comma = line.indexOf(',', at);
      const end = comma < 0 ? line.length : comma;
      fields.push(line.slice(at, end));
      at = end;
    }
    if (at >= line.length) return fields;
    at++;
  }
}

/** Text from a file as a message may show it: short, no control characters. */
export function shown(text: string): string {
  const printable = text.replace(/[^\x20-\x7e\xa0-\u02ff]/g, '?');
  return printable.length > MAX_SHOWN ? `"${printable.slice(0, MAX_SHOWN)}…"` : `"${printable}"`;
}

const MAX_NAMES = 8;
const MAX_SHOWN = 40;

function closingQuote(line: string, open: number): number {
  for (let at = open + 1; at < line.length; at++) {
    if (line[at] !== '"') continue;
    if (line[at + 1] !== '"') return at;
    at++;
  }
  return -1;
}
