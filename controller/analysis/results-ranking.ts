/** The contract's part that says which hook costs less than which. */

import type { KnownPart } from './results-decomposition.ts';
import type { Design, Vantage } from './terms.ts';

/** The hooks of one SUT in one place by what they add to the median, and which of them the study tells apart. */
export interface Ranking {
  readonly sut: string;
  readonly condition: string;
  readonly node: string;
  readonly vantage: Vantage;
  /** cheapest first */
  readonly hooks: readonly RankedHook[];
  /** every two of them, the cheaper first by `hooks` */
  readonly pairs: readonly RankedPair[];
  /** hooks whose numbers are not to be used: invalid ones, and implausible ones, whose whole interval is below 0 */
  readonly leftOut: readonly { readonly treated: string; readonly verdict: 'invalid' | 'implausible' }[];
  readonly sentence: string;
}

export interface RankedHook {
  readonly treated: string;
  readonly layer: string;
  readonly design: Design;
  /** 1 + how many hooks are separated from it and cost less: hooks that nothing separates share a rank */
  readonly rank: number;
  /** of the median, against no hook; as in the hook's comparison */
  readonly shift: KnownPart;
}

export interface RankedPair {
  readonly cheaper: string;
  readonly dearer: string;
  /** Shift of `dearer` − shift of `cheaper`, start by start of the processes that both have; its p is against 0, not corrected. null where they
   * share fewer than two starts. */
  readonly difference: (KnownPart & { readonly p: number }) | null;
  /** after Holm's correction over the pairs of this ranking; null as above */
  readonly pHolm: number | null;
  /** two hooks inside the program alternate with each other and their baselines cancel; otherwise each shift is against a baseline of its own */
  readonly isDirect: boolean;
  /** pHolm < 0.05 and the difference above 0 */
  readonly isSeparated: boolean;
}
