/** What was found, in words. */

import type { Results } from '../../analysis/results.ts';
import { answerClauses } from '../answer.ts';
import { plainText, wrap } from './layout.ts';
import type { Paint } from './paint.ts';

/** A clause for each mechanism; the sentence of every comparison where that is asked for, or where arms ran one after the other: such
 * a sentence says what can't be told, and a clause has no room for it. */
export function foundLines(results: Results, width: number, paint: Paint, verbose: boolean): readonly string[] {
  const found = results.comparisons.filter((c) => c.treated !== c.baseline);
  if (found.length === 0) return [];
  const isFull = verbose || found.some(({ design }) => design === 'sequential');
  const texts = isFull
    ? found.map((c) => `${c.sut}: ${c.sentence}`)
    : [...failedAa(results), ...answerClauses(results).map((clause) => `${clause}.`)];
  return [paint.bold('Found'), ...texts.flatMap((text) => wrap(plainText(text), width, 2, 4))];
}

function failedAa({ aa }: Results): readonly string[] {
  return aa.passed || aa.comparisons.length === 0 ? [] : ['The A/A check failed, so read with care:'];
}
