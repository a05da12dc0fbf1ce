/** One sentence per comparison, for a reader who knows no statistics. */

import { count, intervalUs, pValue, us } from './format.ts';
import type { BlockEstimate, Verdict } from './results.ts';
import { type AaState, correctedNote, detectable, type Told, whyInvalid } from './sentence-parts.ts';
import { isSequential, sequentialSentence } from './sequential-sentences.ts';

/** `drifting`: the halves of a sequential baseline differ, but by far less than the arms */
export type { AaState, Told } from './sentence-parts.ts';

/** @param aa state of none against none in the same cell
 * @param isAa the comparison is itself none against none */
export function sentenceOf(verdict: Verdict, told: Told, aa: AaState, marginNs: number | null, isAa: boolean): string {
  if (told.block !== null && isSequential(told.block))
    return sequentialSentence(verdict, { ...told, block: told.block }, aa, isAa);
  const name = isAa ? 'none against none' : told.treated;
  if (verdict === 'invalid' || told.block === null) return `No claim about ${name}: ${whyInvalid(told.flags)}`;
  const shift = intervalUs(told.block);
  const where = `the ${told.vantage}'s median`;
  const basis = [...(isAa ? [] : [AA_PHRASE[aa]]), basisOf(told.block)].join('; ');
  switch (verdict) {
    case 'overhead':
      return `${name} adds ${shift} to ${where}${marginNote(told.block, marginNs)}; ${basis}.`;
    case 'implausible':
      return `${name} seems to change ${where} by ${shift} (Holm's ${pValue(told.block.pHolm)}): a hook can't make anything faster, so something else differs between the arms; ${basis}.`;
    case 'equivalent':
      return `${name} changes ${where} by less than the stated margin of ${us(marginNs ?? 0)}: ${shift}; ${basis}.`;
    case 'no-detectable-difference':
      return `${name}: no difference found at ${where}, ${shift}${correctedNote(told.block)}; ${detectable(told)}, other comparisons aside; ${basis}.`;
  }
}

const AA_PHRASE: Readonly<Record<AaState, string>> = {
  clean: 'A/A is clean',
  drifting: 'A/A drifts',
  failed: 'A/A failed',
  missing: 'no A/A to judge it by',
};

function basisOf({ forks, blocks }: BlockEstimate): string {
  const perFork = blocks / forks;
  const each = Number.isInteger(perFork) ? count(perFork) : `about ${Math.round(perFork)}`;
  const noun = each === '1' ? 'block' : 'blocks';
  return `${forks} forks × ${each} ${noun}`;
}

function marginNote({ lowNs, highNs }: BlockEstimate, marginNs: number | null): string {
  if (marginNs === null || lowNs < -marginNs || highNs > marginNs) return '';
  return `, within the stated margin of ${us(marginNs)}`;
}
