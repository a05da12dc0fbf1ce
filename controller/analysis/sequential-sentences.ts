/** Sentences about imported arms: what two runs show, and that this is not yet what the hook costs. */

import { count, intervalUs, pValue } from './format.ts';
import type { BlockEstimate, Verdict } from './results.ts';
import { type AaState, correctedNote, detectable, type Told, whyInvalid } from './sentence-parts.ts';

export function isSequential({ unit }: BlockEstimate): boolean {
  return unit === 'run' || unit === 'effective-request';
}

/** As `sentenceOf`, for arms that ran one after the other.
 * @param isAa the comparison is the baseline's second half against its first */
export function sequentialSentence(
  verdict: Verdict,
  told: Told & { readonly block: BlockEstimate },
  aa: AaState,
  isAa: boolean,
): string {
  const { block, treated, vantage } = told;
  const shift = intervalUs(block);
  const where = `the ${vantage}'s mean`;
  if (isAa) return halvesSentence(verdict, shift, where, block);
  const basis = `${HALVES_PHRASE[aa]}; ${basisOf(block)}; ${CAVEAT}`;
  switch (verdict) {
    case 'invalid':
      return `No claim about ${treated}, whose run differs by ${shift} at ${where}: ${whyInvalid(told.flags)}`;
    case 'overhead':
      return `${treated} seems to add ${shift} to ${where}; ${basis}.`;
    case 'implausible':
      return `${treated} seems to change ${where} by ${shift} (Holm's ${pValue(block.pHolm)}): a hook can't make anything faster, so something else differs between the arms; ${basis}.`;
    case 'equivalent':
      return `${treated} changes ${where} by less than the stated margin: ${shift}; ${basis}.`;
    case 'no-detectable-difference':
      return `${treated}: no difference found at ${where}, ${shift}${correctedNote(block)}; ${detectable(told)} between two such runs; ${basis}.`;
  }
}

const HALVES_PHRASE: Readonly<Record<AaState, string>> = {
  clean: "the baseline's own halves agree",
  drifting: "the baseline's own halves differ, though by less",
  failed: "the baseline's own halves differ by as much",
  missing: 'no A/A to judge it by',
};

const CAVEAT =
  'the arms ran one after the other, in no random order, so a difference between the runs cannot be told from drift';

function halvesSentence(verdict: Verdict, shift: string, where: string, block: BlockEstimate): string {
  const found = verdict === 'no-detectable-difference' ? 'agrees with' : 'is off';
  return `The baseline's second half ${found} its first at ${where}: ${shift} (Holm's ${pValue(block.pHolm)}).`;
}

function basisOf({ unit, units, forks }: BlockEstimate): string {
  if (unit === 'run') return `${forks} runs of each arm`;
  return `the correlated requests of a run are worth ${count(units)} independent ones`;
}
