/** Facts for the wire: a number, or why it could not be had. */

import type { Fact } from '#proto';

export function fact(value: number): Fact {
  return { value, missing: '' };
}

export function missing(why: string): Fact {
  return { value: 0, missing: why };
}

/** What a counter grew by, as a share of the time. @param why where one of the readings is missing */
export function shareOf(from: number | null, to: number | null, o: { spanMs: number; why: string }): Fact {
  if (from === null || to === null) return missing(o.why);
  if (!(o.spanMs > 0)) return missing('no time passed');
  return fact(Math.max(0, to - from) / o.spanMs);
}

/** What a reader says, or `instead` with the reason why it could not: an observation is never what a study fails of. */
export function tried<T>(read: () => T, instead: (why: string) => T): T {
  try {
    return read();
  } catch (error) {
    return instead(reasonOf(error));
  }
}

/** one line, short enough for the wire */
export function reasonOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error), 300) || 'no reason was given';
}

/** What comes from outside, a name that a process gave itself for one, as plain characters. */
export function printable(text: string, longest: number): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, longest);
}

/** The worst of those that could be had. */
export function worst(facts: readonly Fact[], why: string): Fact {
  const had = facts.filter((one) => one.missing === '');
  return had.length === 0
    ? missing(facts.find((one) => one.missing !== '')?.missing ?? why)
    : fact(Math.max(...had.map(({ value }) => value)));
}
