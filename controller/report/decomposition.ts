/** Where shifts come from and what a request costs beside its reads, as every plain renderer shares it. */

import type { Comparison, Decomposition, Part, Results } from '../analysis/results.ts';
import { formatEstimate } from './format.ts';
import { placeName } from './places.ts';

export const PARTS = ['own', 'dispatch', 'call', 'rest'] as const;
export type PartName = (typeof PARTS)[number];

export const PART_WORDS: Readonly<Record<'shift' | PartName, string>> = {
  shift: 'the whole shift',
  own: 'the hook’s own work',
  dispatch: 'the way into it',
  call: 'both together',
  rest: 'the rest',
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

/** What is worth a row: both together only where they can't be told apart. */
export function shownParts(row: Decomposition): readonly ('shift' | PartName)[] {
  const split = row.own.estimateNs === null ? (['call'] as const) : (['own', 'dispatch'] as const);
  return ['shift', ...split, ...(row.vantage === 'caller' ? [] : (['rest'] as const))];
}

/** "+0.21 µs [+0.17, +0.26]", or why it is not known */
export function partText(part: Part): string {
  return part.estimateNs === null ? `not known: ${part.why}` : formatEstimate(part).text;
}
