import { tost } from '../stats/tost.ts';
import { DISQUALIFYING } from './flags.ts';
import type { Flag, Verdict } from './results.ts';
import type { Inference } from './unit.ts';

export const ALPHA = 0.05;

/** The verdict of one comparison, in this order: invalid, overhead or implausible, equivalent, no detectable difference.
 * @param inference of the median shift, null where the data cannot carry one: invalid
 * @param pHolm its p after Holm over the study's comparisons of the kind
 * @param marginNs stated equivalence margin or null
 * @param flags all flags of the comparison, aa-failed included */
export function verdictOf(
  inference: Inference | null,
  pHolm: number,
  marginNs: number | null,
  flags: readonly Flag[],
): Verdict {
  if (inference === null || flags.some((flag) => DISQUALIFYING.includes(flag.code))) return 'invalid';
  if (pHolm < ALPHA) return inference.estimate.estimateNs > 0 ? 'overhead' : 'implausible';
  if (marginNs !== null && tost(inference.interval, marginNs).p < inference.level) return 'equivalent';
  return 'no-detectable-difference';
}
