/** Where shifts come from and what a request costs beside its reads, as every plain renderer shares it. */

import type { Comparison, Decomposition, Part, Results } from '../analysis/results.ts';
import { formatEstimate } from './format.ts';
import { placeName } from './places.ts';

export const PARTS = ['own', 'dispatch', 'call', 'rest'] as const;
export type PartName = (typeof PARTS)[number];
type ShownPart = 'shift' | PartName | 'beyondOwn';

export const PART_WORDS: Readonly<Record<ShownPart, string>> = {
  shift: 'the whole shift',
  own: 'the hook’s own work',
  dispatch: 'the way into it',
  call: 'both together',
  rest: 'the rest',
  beyondOwn: 'the way into it and the rest',
};

export function decompositionLines(results: Results): readonly string[] {
  return (results.decomposition ?? []).map((row) => `${placeName(row)}: ${row.sentence}`);
}

export function microMacroLines(results: Results): readonly string[] {
  return (results.microMacro ?? []).map((row) => `${placeName(row)}: ${row.sentence}`);
}

/** of a treated comparison; null where its study has none */
export function decompositionOf(results: Results, c: Comparison): Decomposition | null {
  const isSame = (row: Decomposition) =>
    row.sut === c.sut &&
    row.condition === c.condition &&
    row.node === c.node &&
    row.vantage === c.vantage &&
    row.design === c.design &&
    row.treated === c.treated;
  return results.decomposition?.find(isSame) ?? null;
}

/** Is the hook's own work all that could be told apart? */
export function isOwnAlone({ own, call, beyondOwn }: Decomposition): boolean {
  return call.estimateNs === null && own.estimateNs !== null && (beyondOwn?.estimateNs ?? null) !== null;
}

/** What is worth a row: parts together only where they can't be told apart. */
export function shownParts(row: Decomposition): readonly ShownPart[] {
  if (isOwnAlone(row)) return ['shift', 'own', 'beyondOwn'];
  const split = row.own.estimateNs === null ? (['call'] as const) : (['own', 'dispatch'] as const);
  return ['shift', ...split, ...(row.vantage === 'caller' ? [] : (['rest'] as const))];
}

/** a part of a row that may be older than the part */
export function partOf(row: Decomposition, name: ShownPart): Part {
  return row[name] ?? { estimateNs: null, why: 'these results are of an older version' };
}

/** "+0.21 µs [+0.17, +0.26]", or why it is not known */
export function partText(part: Part): string {
  return part.estimateNs === null ? `not known: ${part.why}` : formatEstimate(part).text;
}
