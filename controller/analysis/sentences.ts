/** One sentence per comparison, for a reader who knows no statistics. */

import { DISQUALIFYING } from './flags.ts';
import { count, intervalUs, pValue, us } from './format.ts';
import type { BlockEstimate, Comparison, Flag, Verdict } from './results.ts';

export type AaState = 'clean' | 'failed' | 'missing';

export type Told = Pick<Comparison, 'treated' | 'vantage' | 'block' | 'minimumDetectableNs' | 'flags'>;

/** @param aa state of none against none in the same cell
 * @param isAa the comparison is itself none against none */
export function sentenceOf(verdict: Verdict, told: Told, aa: AaState, marginNs: number | null, isAa: boolean): string {
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
      return `${name}: no difference found at ${where}, ${shift}${correctedNote(told.block)}; ${detectable(told)}; ${basis}.`;
  }
}

const AA_PHRASE: Readonly<Record<AaState, string>> = {
  clean: 'A/A is clean',
  failed: 'A/A failed',
  missing: 'no A/A to judge it by',
};

function whyInvalid(flags: readonly Flag[]): string {
  const first =
    flags.find((flag) => DISQUALIFYING.includes(flag.code)) ?? flags.find((flag) => flag.code === 'incomplete');
  return first?.detail ?? 'the samples carry no interval.';
}

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

/** the interval is of this comparison alone, the verdict of all of the study */
function correctedNote({ lowNs, highNs, pHolm }: BlockEstimate): string {
  if (lowNs <= 0 && highNs >= 0) return '';
  return ` (0 lies outside, but not once corrected for the other comparisons: Holm's ${pValue(pHolm)})`;
}

function detectable({ minimumDetectableNs }: Told): string {
  if (minimumDetectableNs === null) return 'what it could have seen is unknown';
  return `a true shift of ${us(minimumDetectableNs)} would be found 4 times in 5`;
}
