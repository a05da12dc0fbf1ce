/** Where shifts come from and micro beside macro: sentences, where every detail is asked for. */

import type { Results } from '../../analysis/results.ts';
import { decompositionLines, microMacroLines } from '../decomposition.ts';
import { plainText, wrap } from './layout.ts';
import type { Paint } from './paint.ts';

/** @returns one list of lines per part that has anything to say */
export function decompositionParts(
  results: Results,
  width: number,
  paint: Paint,
  verbose: boolean,
): readonly (readonly string[])[] {
  if (!verbose) return [];
  const part = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [paint.bold(title), ...lines.flatMap((line) => wrap(plainText(line), width, 2, 4))];
  return [
    part('Where the shifts come from', decompositionLines(results)),
    part('A request beside its reads', microMacroLines(results)),
  ];
}
