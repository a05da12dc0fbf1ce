/** Bytes of a Locust-format CSV, chunk by chunk → two columns of numbers. */

import { BenchError } from '#proto';
import { type ColumnPlaces, columnPlaces, FORMAT, fieldsOf, RESPONSE_TIME, START_TIME, shown } from './columns.ts';
import { HALF, quickDecimal, slowDecimal } from './decimal.ts';
import { GrowingColumn } from './growing-column.ts';

/** One file's rows, in the file's order. */
export interface CsvRows {
  /** seconds since 1970 */
  readonly startTimeS: Float64Array;
  /** the nearest double to the exact decimal milliseconds × 10⁶ */
  readonly responseNs: Float64Array;
  readonly badRows: number;
  /** why the first of them was left out, with its line; empty where there is none */
  readonly firstBad: string;
}

export interface RowOptions {
  /** how messages name the file */
  readonly file: string;
  readonly skipBadRows: boolean;
}

export const MAX_ROWS = 20_000_000;
/** a response of eleven days is a mistake in the unit or the column */
const MAX_RESPONSE_NS = 1e15;
/** the year 5138; a value above is in milliseconds */
const MAX_START_S = 1e11;
const MAX_LINE_BYTES = 1 << 20;
/** 200 bytes a row; a gzip file of 4 MB may unpack to more, and need not hold a row */
export const MAX_BYTES = 4 * 2 ** 30;
const NEWLINE = 10;
const RETURN = 13;
const COMMA = 44;
const QUOTE = 34;
const POINT = 46;
const ZERO = 48;
const NS_PER_MS_POWER = 6;

/** Give it chunks, then end it. Memory is 16 bytes a row, and one line; at most MAX_ROWS rows. */
export class RowParser {
  readonly #o: RowOptions;
  readonly #startTimeS = new GrowingColumn();
  readonly #responseNs = new GrowingColumn();
  #places: ColumnPlaces | null = null;
  #rest: Uint8Array = new Uint8Array(0);
  #line = 0;
  #nextLine = 1;
  #bytes = 0;
  #badRows = 0;
  #firstBad = '';

  constructor(o: RowOptions) {
    this.#o = o;
  }

  /** lines read so far, the header and blank ones included */
  get lines(): number {
    return this.#line;
  }

  /** @param chunk may end in the middle of a line; not kept
   * @throws BenchError usage with file and line */
  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_BYTES) throw this.#refusal(this.#nextLine, `more than ${MAX_BYTES} bytes (unpacked)`);
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const done = this.#takeLines(bytes);
    // a copy: the caller fills the chunk's memory again
    this.#rest = Uint8Array.from(bytes.subarray(done));
    if (this.#rest.length > MAX_LINE_BYTES)
      throw this.#refusal(this.#nextLine, `a line of more than ${MAX_LINE_BYTES} bytes`);
  }

  /** @throws BenchError usage where there was no header or no row */
  end(): CsvRows {
    if (this.#rest.length > 0) this.#takeLine(this.#rest, 0, this.#rest.length);
    if (this.#places === null) throw this.#refusal(1, 'an empty file');
    if (this.#responseNs.length === 0) {
      const skipped = this.#badRows > 0 ? ` that can be read; the first: ${this.#firstBad}` : '';
      throw new BenchError('usage', `${this.#o.file}: there is no row below the header${skipped}`);
    }
    return {
      startTimeS: this.#startTimeS.values(),
      responseNs: this.#responseNs.values(),
      badRows: this.#badRows,
      firstBad: this.#firstBad,
    };
  }

  /** @returns the index after the last complete line */
  #takeLines(bytes: Uint8Array): number {
    const mayQuote = bytes.indexOf(QUOTE) >= 0;
    let start = 0;
    for (;;) {
      const end = mayQuote ? lineEnd(bytes, start) : newlineFrom(bytes, start);
      if (end < 0) return start;
      this.#takeLine(bytes, start, end);
      if (mayQuote) this.#nextLine += newlinesIn(bytes, start, end);
      start = end + 1;
    }
  }

  #takeLine(bytes: Uint8Array, start: number, lineFeed: number): void {
    const end = lineFeed > start && bytes[lineFeed - 1] === RETURN ? lineFeed - 1 : lineFeed;
    this.#line = this.#nextLine++;
    if (this.#places === null) this.#places = columnPlaces(textOf(bytes, start, end), this.#o.file);
    else if (end > start && !this.#takeQuickly(bytes, start, end, this.#places)) {
      this.#takeSlowly(textOf(bytes, start, end), this.#places);
    }
  }

  /** One pass over the line's bytes, every field read as a plain decimal; @returns false where one of the two is none, or there are quotes */
  #takeQuickly(bytes: Uint8Array, start: number, end: number, places: ColumnPlaces): boolean {
    let startTimeS = Number.NaN;
    let responseNs = Number.NaN;
    let column = 0;
    let high = 0;
    let low = 0;
    let digits = 0;
    let point = -1;
    let isPlain = true;
    let from = start;
    for (let at = start; at <= end; at++) {
      const byte = at < end ? (bytes[at] as number) : COMMA;
      const digit = byte - ZERO;
      if (digit >= 0 && digit <= 9) {
        if (digits < HALF) high = high * 10 + digit;
        else low = low * 10 + digit;
        // leading zeros are no significant digits
        if (digits > 0 || digit > 0) digits++;
      } else if (byte === COMMA) {
        if (column === places.startTime || column === places.responseTime) {
          const isNumber = isPlain && at - from > (point < 0 ? 0 : 1);
          const fraction = point < 0 ? 0 : at - point - 1;
          const lowDigits = digits > HALF ? digits - HALF : 0;
          if (!isNumber) return false;
          if (column === places.responseTime)
            responseNs = quickDecimal(high, low, lowDigits, NS_PER_MS_POWER - fraction);
          else startTimeS = quickDecimal(high, low, lowDigits, -fraction);
        }
        column++;
        from = at + 1;
        high = 0;
        low = 0;
        digits = 0;
        point = -1;
        isPlain = true;
      } else if (byte === POINT && point < 0) point = at;
      else if (byte === QUOTE) return false;
      else isPlain = false;
    }
    return this.#isGood(startTimeS, responseNs) && this.#add(startTimeS, responseNs);
  }

  #takeSlowly(line: string, places: ColumnPlaces): undefined {
    const fields = fieldsOf(line);
    if (fields === null) return this.#bad(`a quoted field is not closed, or goes on after its end: ${shown(line)}`);
    const startText = fields[places.startTime]?.trim();
    const responseText = fields[places.responseTime]?.trim();
    if (startText === undefined || responseText === undefined) {
      const least = Math.max(places.startTime, places.responseTime) + 1;
      return this.#bad(
        `${fields.length} field${fields.length === 1 ? '' : 's'}, at least ${least} were expected: ${shown(line)}`,
      );
    }
    const responseNs = slowDecimal(responseText, NS_PER_MS_POWER);
    if (!(responseNs >= 0 && responseNs <= MAX_RESPONSE_NS))
      return this.#bad(`${RESPONSE_TIME} is ${shown(responseText)}; milliseconds from 0 to 1e9 were expected`);
    const startTimeS = slowDecimal(startText, 0);
    if (!this.#isGood(startTimeS, responseNs))
      return this.#bad(`${START_TIME} is ${shown(startText)}; seconds since 1970 (0 to 1e11) were expected`);
    this.#add(startTimeS, responseNs);
  }

  #isGood(startTimeS: number, responseNs: number): boolean {
    return startTimeS >= 0 && startTimeS <= MAX_START_S && responseNs >= 0 && responseNs <= MAX_RESPONSE_NS;
  }

  #add(startTimeS: number, responseNs: number): true {
    if (this.#responseNs.length >= MAX_ROWS) throw this.#refusal(this.#line, `more than ${MAX_ROWS} rows`);
    this.#startTimeS.add(startTimeS);
    this.#responseNs.add(responseNs);
    return true;
  }

  #bad(why: string): undefined {
    if (!this.#o.skipBadRows) {
      throw new BenchError('usage', `${this.#o.file}:${this.#line}: ${why}`, {
        nextStep: 'mend the row, or leave such rows out with --skip-bad-rows',
      });
    }
    if (this.#badRows === 0) this.#firstBad = `line ${this.#line}: ${why}`;
    this.#badRows++;
  }

  #refusal(line: number, what: string): BenchError {
    return new BenchError('usage', `${this.#o.file}:${line}: ${what}`, { nextStep: `give ${FORMAT}` });
  }
}

/** as indexOf, whose call takes longer than a line of some thirty bytes */
function newlineFrom(bytes: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; at++) if (bytes[at] === NEWLINE) return at;
  return -1;
}

/** The newline that ends the line, not one within a quoted field. A quote opens a field only where one begins. */
function lineEnd(bytes: Uint8Array, start: number): number {
  let quoted = false;
  let isFieldStart = true;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (quoted) quoted = byte !== QUOTE;
    // a doubled quote closes and opens again
    else if (byte === QUOTE) quoted = isFieldStart || bytes[at - 1] === QUOTE;
    else if (byte === NEWLINE) return at;
    isFieldStart = !quoted && byte === COMMA;
  }
  return -1;
}

function newlinesIn(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE, start); at >= 0 && at < end; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
