/** What the sentences about interleaved and about sequential arms share. */

import { DISQUALIFYING } from './flags.ts';
import { pValue, us } from './format.ts';
import type { BlockEstimate, Comparison, Flag } from './results.ts';

/** `drifting`: the halves of a sequential baseline differ, but by far less than the arms */
export type AaState = 'clean' | 'drifting' | 'failed' | 'missing';

export type Told = Pick<Comparison, 'treated' | 'vantage' | 'block' | 'minimumDetectableNs' | 'flags'>;

export function whyInvalid(flags: readonly Flag[]): string {
  const first =
    flags.find((flag) => DISQUALIFYING.includes(flag.code)) ?? flags.find((flag) => flag.code === 'incomplete');
  return first?.detail ?? 'the samples carry no interval.';
}

/** the interval is of this comparison alone, the verdict of all of the study */
export function correctedNote({ lowNs, highNs, pHolm }: BlockEstimate): string {
  if (lowNs <= 0 && highNs >= 0) return '';
  return ` (0 lies outside, but not once corrected for the other comparisons: Holm's ${pValue(pHolm)})`;
}

export function detectable({ minimumDetectableNs }: Told): string {
  if (minimumDetectableNs === null) return 'what it could have seen is unknown';
  return `a true shift of ${us(minimumDetectableNs)} would be found 4 times in 5`;
}
