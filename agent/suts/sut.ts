/** A system under test: a program of our own that serves requests, as the catalogue knows it. */

import type { SupportAnswer } from '../host/support.ts';
import type { Action, ActionLimit, SutTraits } from '../mechanisms/mechanism.ts';

export interface SutCommand {
  readonly file: string;
  readonly args: readonly string[];
}

export interface Sut extends SutTraits {
  /** where the clock of its samples stands */
  readonly vantage: 'client' | 'caller';
  /** http: one request a unit; burst: `requestsPerUnit` reads a unit, timed by the program itself */
  readonly protocol: { readonly kind: 'http' } | { readonly kind: 'burst'; readonly requestsPerUnit: number };
  /** samples each fresh instance serves before it is measured, unless the study says otherwise */
  readonly warmup: number;
  readonly needs: string;
  /** part of a study that names no SUTs; the others are to be asked for */
  readonly byDefault: boolean;
  /** actions whose effect can be told from outside, and why not the others */
  readonly actions: readonly Action[];
  readonly limits: readonly ActionLimit[];
  probe(): Promise<SupportAnswer>;
  command(): SutCommand;
}
