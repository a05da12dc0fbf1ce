/** Whether a row of a study is a number to build on, and why not. Used by compare and by the gate. */

import type { Comparison, Results } from '../analysis/results.ts';
import { whyInvalid } from '../analysis/sentence-parts.ts';

/** @returns why nothing may be built on this row, or null where it stands
 * Beyond the verdicts: a shift of arms that ran one after the other holds whatever changed between them, and a row without an A/A of its
 * own SUT, design and place has nothing that says how large the instrument's own differences are. */
export function whyUnusable(results: Results, c: Comparison): string | null {
  if (c.design === 'sequential') return 'its arms ran one after the other, so drift is part of the shift';
  if (c.verdict === 'invalid') return `it is invalid: ${whyInvalid(c.flags)}`;
  if (c.verdict === 'implausible')
    return 'it is implausible: significantly faster with the hook, so something else differs between the arms';
  if (!results.aa.comparisons.some((aa) => isBeside(aa, c))) return 'there is no A/A to judge it by';
  return null;
}

function isBeside(aa: Comparison, c: Comparison): boolean {
  const isPlace = aa.sut === c.sut && aa.condition === c.condition && aa.node === c.node;
  return isPlace && aa.design === c.design && aa.vantage === c.vantage;
}
