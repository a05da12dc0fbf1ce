/** Parsers of option values. Each throws BenchError usage that names the option, what was given and what is accepted. */

import { BenchError, BLOCK_ERRNOS, type BlockErrno, conditionList, isBlockErrno } from '#proto';

/** "a, b" → ["a", "b"] */
export function listOption(option: string): (text: string) => string[] {
  return (text) => {
    const words = text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
    if (words.length > 0) return words;
    throw new BenchError('usage', `${option} names nothing: give ids with commas between them`);
  };
}

/** the same for conditions, whose options have commas between them too */
export function conditionsOption(option: string): (text: string) => string[] {
  return (text) => conditionList(listOption(option)(text));
}

export function wholeNumber(option: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new BenchError('usage', `${option} ${text} is not a whole number from ${least} to ${most}`);
  };
}

const UNIT_NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };

/** "1us" → 1000 */
export function durationNs(option: string): (text: string) => number {
  return (text) => {
    const found = /^(\d+(?:\.\d+)?)(ns|us|µs|ms|s)$/.exec(text);
    const unit = UNIT_NS[found?.[2] ?? ''];
    if (found !== null && unit !== undefined && Number(found[1]) > 0) return Number(found[1]) * unit;
    throw new BenchError('usage', `${option} ${text} is not a duration such as 500ns, 1us or 2ms`);
  };
}

/** a word as a shell takes it */
export function quoted(word: string): string {
  return /^[\w./,:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

const TIME_MS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 3.6e6 };
const MOST_MS = 48 * 3.6e6;

/** "10m" → 600000 */
export function timeMs(option: string): (text: string) => number {
  return (text) => {
    const found = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text);
    const ms = Math.round(Number(found?.[1] ?? 0) * (TIME_MS[found?.[2] ?? ''] ?? 0));
    if (ms > 0 && ms <= MOST_MS) return ms;
    throw new BenchError('usage', `${option} ${text} is not a time such as 90s, 10m or 2h (48h at most)`);
  };
}

/** "EPIPE" → "EPIPE" */
export function errnoName(option: string): (text: string) => BlockErrno {
  return (text) => {
    if (isBlockErrno(text)) return text;
    throw new BenchError('usage', `${option} ${text} is not one of ${BLOCK_ERRNOS.join(', ')}`);
  };
}

/** "0.8" → 0.8 */
export function share(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^0?\.\d+$/.test(text) && value >= 0.001 && value <= 0.999) return value;
    throw new BenchError('usage', `${option} ${text} is not a share from 0.001 to 0.999`);
  };
}
