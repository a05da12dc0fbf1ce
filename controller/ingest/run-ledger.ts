/** What was taken from one run of one agent, and what of it is done with. */

import type { RecordTarget } from './record-target.ts';

/** a record that was taken and is not acknowledged; there are at most as many as an agent has credits */
interface Pending {
  readonly sequence: number;
  readonly samples: number;
  /** who keeps it; null when it is settled */
  target: RecordTarget | null;
  lost: boolean;
}

export interface RunKey {
  readonly agentId: string;
  readonly runId: string;
}

export class RunLedger {
  readonly key: RunKey;
  #pending: Pending[] = [];
  #last: number;
  #discardedSamples = 0;

  /** @param done last sequence that is done with, as the agent and the store know */
  constructor(key: RunKey, done: number) {
    this.key = key;
    this.#last = done;
  }

  /** last sequence taken */
  get last(): number {
    return this.#last;
  }

  /** last sequence of which it and all before it are durable, or lost and counted */
  get done(): number {
    return this.#last - this.#pending.length;
  }

  /** samples lost among those up to `done` */
  get discardedSamples(): number {
    return this.#discardedSamples;
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** whoever keeps records of this run that are not settled */
  targets(): Set<RecordTarget> {
    return new Set(this.#pending.flatMap(({ target }) => (target === null ? [] : [target])));
  }

  /** An agent came back, and another controller was done with more than this one has seen. */
  skipTo(sequence: number): void {
    if (sequence <= this.#last) return;
    this.#pending = [];
    this.#last = sequence;
  }

  /** @param target who keeps it; null when nobody does */
  take(o: { samples: number; target: RecordTarget | null }): void {
    this.#last += 1;
    this.#pending.push({ sequence: this.#last, samples: o.samples, target: o.target, lost: o.target === null });
  }

  /** After a sync of a target: what it says is durable is settled; what it was given before the sync (up to `upTo`) is lost if it is given up.
   * @returns samples lost that were thought to be kept */
  settle(target: RecordTarget, o: { upTo: number; gaveUp: boolean }): number {
    const durable = target.durable(this.key.agentId, this.key.runId);
    let givenUp = 0;
    for (const entry of this.#pending) {
      if (entry.target !== target) continue;
      if (entry.sequence <= durable) entry.target = null;
      else if (o.gaveUp && entry.sequence <= o.upTo) {
        entry.target = null;
        entry.lost = true;
        givenUp += entry.samples;
      }
    }
    return givenUp;
  }

  /** Moves `done` over what is settled. */
  advance(): void {
    const open = this.#pending.findIndex(({ target }) => target !== null);
    const settled = this.#pending.splice(0, open < 0 ? this.#pending.length : open);
    for (const { lost, samples } of settled) this.#discardedSamples += lost ? samples : 0;
  }
}
