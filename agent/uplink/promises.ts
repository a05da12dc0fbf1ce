/** What the controller has promised on the stream under way: what it is done with, and how much it lets be under way. What it can't have promised
 * (an ack of a record that was never sent) is a fault of the controller: the stream is given up, and no record is forgotten for it. */

import { type Ack, BenchError, PROTOCOL_VERSION, VERSION, type Welcome } from '#proto';
import type { Spool } from './spool.ts';
import { Window } from './window.ts';

/** of the records forgotten by an answer: samples in all, and those that the controller has not kept */
export interface Forgotten {
  readonly samples: number;
  readonly discarded: number;
}

export class Promises {
  readonly #spool: Spool;
  readonly #window = new Window();
  #open = false;
  #controllerRun = '';
  /** what that controller run said last */
  #discardedThere = 0;
  #discardedSamples = 0;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  /** whether there has been a welcome on this stream */
  get open(): boolean {
    return this.#open;
  }

  get discardedSamples(): number {
    return this.#discardedSamples;
  }

  close(): void {
    this.#open = false;
  }

  /** @throws BenchError unsupported for another protocol, bad-message for promises that can't be */
  welcome(welcome: Welcome): Forgotten {
    const { protocol, version, credits, creditBytes, durableSequence, controllerRun } = welcome;
    if (protocol !== PROTOCOL_VERSION) {
      // a controller from before there were versions says none
      const there = protocol === 0 ? 'an older protocol' : `protocol ${protocol}`;
      throw new BenchError(
        'unsupported',
        `the controller${version === '' ? '' : ` (hookbench ${version})`} speaks ${there}, this agent (hookbench ${VERSION}) speaks ${PROTOCOL_VERSION}`,
        {
          nextStep: 'install the same version of hookbench on both',
        },
      );
    }
    if (this.#open) throw new BenchError('bad-message', 'the controller said welcome twice');
    if (credits < 1 || creditBytes < 1) throw new BenchError('bad-message', 'the controller gave no credits');
    if (durableSequence < this.#spool.acked)
      throw new BenchError(
        'bad-message',
        `the controller asks for records after ${durableSequence}, and had acknowledged ${this.#spool.acked}`,
      );
    if (controllerRun !== this.#controllerRun) this.#discardedThere = 0;
    this.#controllerRun = controllerRun;
    const forgotten = this.#forget(welcome);
    this.#open = true;
    this.#window.open(this.#spool.acked, { credits, creditBytes });
    return forgotten;
  }

  /** @throws BenchError bad-message */
  ack(ack: Ack): Forgotten {
    if (!this.#open) throw new BenchError('bad-message', 'the controller acknowledged records before its welcome');
    const forgotten = this.#forget(ack);
    this.#window.acked(this.#spool.acked);
    return forgotten;
  }

  /** @returns the next record that may be sent now, counted as sent; null when there is none */
  next(): Buffer | null {
    if (!this.#open) return null;
    const sequence = this.#window.next;
    const length = this.#spool.lengthOf(sequence);
    if (length === null || !this.#window.allows(length)) return null;
    const record = this.#spool.read(sequence);
    if (record !== null) this.#window.sent(length);
    return record;
  }

  #forget({ durableSequence, discardedSamples }: Ack): Forgotten {
    if (durableSequence > this.#window.highest && durableSequence > this.#spool.acked)
      throw new BenchError(
        'bad-message',
        `the controller acknowledged record ${durableSequence}, and ${this.#window.highest} was the last one sent`,
      );
    const samples = this.#spool.ack(durableSequence);
    // no more can be lost there than was sent
    const discarded = Math.min(samples, Math.max(0, discardedSamples - this.#discardedThere));
    this.#discardedThere = Math.max(this.#discardedThere, discardedSamples);
    this.#discardedSamples += discarded;
    return { samples, discarded };
  }
}
