/** A system under test, as the catalogue knows it: a program of our own that serves requests, or one from the distribution. */

import type { SupportAnswer } from '../host/support.ts';
import type { ResponseRule } from '../load/types.ts';
import type { Action, ActionLimit, SutTraits } from '../mechanisms/mechanism.ts';
import type { RunAs } from '../security/run-as.ts';

export interface SutCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/** Where one instance is to be. */
export interface SutPlace {
  readonly ipv4: string;
  /** chosen for programs that don't tell theirs; 0 for the others */
  readonly port: number;
  /** its own, which it may write; for programs that don't tell their port */
  readonly dir: string;
  /** who it runs as; the agent's own user when absent */
  readonly runAs?: RunAs;
}

/** How it is known that it takes connections. `says`: by the line of the SUT contract (agent/load/README.md). `listens`: the port given to it is
 * listened on, and `line`, where there is one, was among what it wrote. */
export type Readiness = { readonly kind: 'says' } | { readonly kind: 'listens'; readonly line: RegExp | null };

export interface Sut extends SutTraits {
  /** where the clock of its samples stands */
  readonly vantage: 'client' | 'caller';
  /** burst: `requestsPerUnit` reads a unit, timed by the program itself; the others: one request a unit */
  readonly protocol: { readonly kind: ResponseRule } | { readonly kind: 'burst'; readonly requestsPerUnit: number };
  /** samples each fresh instance serves before it is measured, unless the study says otherwise */
  readonly warmup: number;
  readonly needs: string;
  /** part of a study that names no SUTs; the others are to be asked for */
  readonly byDefault: boolean;
  /** actions whose effect can be told from outside, and why not the others */
  readonly actions: readonly Action[];
  readonly limits: readonly ActionLimit[];
  /** `says` unless told */
  readonly ready?: Readiness;
  /** what it is asked to end with, SIGTERM unless told */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT';
  probe(): Promise<SupportAnswer>;
  /** Makes what it needs in its folder, which is the agent's until this is done. @throws BenchError unsupported */
  prepare?(place: SutPlace): Promise<void>;
  command(place: SutPlace): SutCommand;
}
