/** The contract's parts that say where a shift comes from: the hook itself, the way into it, and what lies around the call. */

import type { Design, Vantage } from './terms.ts';

/** A part of a shift with its interval over process starts, or why it is not known. What is not known is never 0. */
export type Part = KnownPart | { readonly estimateNs: null; readonly why: string };

export interface KnownPart {
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
  readonly confidence: number;
  /** process starts */
  readonly units: number;
}

/** What a hook adds at one clock, taken apart. Medians, per request (per read at the caller); the parts add up to `shift` exactly where all are
 * known, as each is of the same process starts. */
export interface Decomposition {
  readonly sut: string;
  readonly condition: string;
  readonly node: string;
  readonly vantage: Vantage;
  readonly design: Design;
  readonly treated: string;
  /** the SUT whose caller's clock says what the hook adds to one read; null where none was measured with this hook in this place */
  readonly micro: string | null;
  /** reads of one request that the hook saw; null where they were not counted */
  readonly readsPerRequest: number | null;
  /** What timed the hook's own work; null where nothing did. interposer: its clock in the loop less the loop's own read; work-clock: its clock in
   * these very requests, which holds nothing but its work. */
  readonly ownBy: 'interposer' | 'bpf-statistics' | 'work-clock' | null;
  readonly shift: Part;
  /** the hook's work: scanning and recording, its clocks included */
  readonly own: Part;
  /** what the caller sees beyond that: the way into the hook and back */
  readonly dispatch: Part;
  /** own + dispatch; may be known where the two can't be told apart */
  readonly call: Part;
  /** shift − call: caches, scheduling, queueing */
  readonly rest: Part;
  /** shift − own, that is dispatch + rest: may be known where the two can't be told apart. Absent in results of before 2026-11-23. */
  readonly beyondOwn?: Part;
  readonly sentence: string;
}

/** A whole request beside its reads in a loop: recommendation 6. */
export interface MicroMacro {
  readonly sut: string;
  readonly micro: string;
  readonly condition: string;
  readonly node: string;
  readonly design: Design;
  readonly treated: string;
  readonly readsPerRequest: number | null;
  /** shift of a request's median */
  readonly request: Part;
  /** shift of one read's median in the loop */
  readonly read: Part;
  /** request − readsPerRequest × read */
  readonly difference: Part;
  /** median of one read by the mechanism's own clock, in each */
  readonly insideRequest: Part;
  readonly insideLoop: Part;
  /** insideRequest − insideLoop: what the same call takes longer where other work comes in between */
  readonly insideDifference: Part;
  readonly sentence: string;
}
