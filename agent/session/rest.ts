/** A step that nothing is attached for begins as one that something is attached for: after a pause. In it ends what the step before has left to do
 * (a probe detached, records encoded, sent and stored), which would be in the tail of whatever is timed next, and never in that of the attached arm. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Assignment, Step } from '#proto';

/** what takes longer than that to attach is not imitated to its end: nothing of the step before is left by then */
const MOST_MS = 500;

export class Rest {
  readonly #hasAttached: boolean;
  #attachMs = MOST_MS;

  constructor({ steps }: Pick<Assignment, 'steps'>) {
    this.#hasAttached = steps.some(({ attach }) => attach !== '');
  }

  /** how long the last one took */
  attached(ms: number): void {
    this.#attachMs = ms;
  }

  /** @returns how long the step is to be held back, ms */
  before({ attach, design, phase }: Pick<Step, 'attach' | 'design' | 'phase'>): number {
    const isImitating = this.#hasAttached && attach === '' && design === 'sliced' && phase === 'measure';
    return isImitating ? Math.min(MOST_MS, this.#attachMs) : 0;
  }

  /** ends early, without an error, when the run is cancelled */
  async wait(step: Step, signal: AbortSignal): Promise<void> {
    const ms = this.before(step);
    if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}
