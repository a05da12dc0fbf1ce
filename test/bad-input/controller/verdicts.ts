/** Counts what the controller answered, and keeps what it should not have. */

import type { Mutant } from '../wire/mutate.ts';
import type { Answer } from './raw-call.ts';

export interface Tally {
  /** mutated messages that the controller took or refused, each known by the status of its stream */
  readonly answered: number;
  readonly taken: number;
  readonly refused: number;
  readonly streams: number;
  /** how often a stream ended with each status */
  readonly statuses: Readonly<Record<string, number>>;
  /** what is wrong with answers: kind → an example with its mutation */
  readonly wrong: Readonly<Record<string, string>>;
}

/** texts of a programming error instead of a refusal */
const INTERNAL =
  /cannot read|is not a function|is not iterable|undefined|unexpected token|call stack|of null|invalid array length/i;
const LEAST_TEXT = 10;
/** what grpc-js says of any message that it could not read: no reason without what follows it */
const UNREAD = /^Error deserializing request:?\s*$/;
/** of gRPC's statuses the one for what nobody thought of */
const UNKNOWN = 2;

export class Verdicts {
  answered = 0;
  refused = 0;
  streams = 0;
  #taken = 0;
  readonly #statuses = new Map<string, number>();
  readonly #wrong = new Map<string, string>();

  /** messages that were sent in one stream: when it was refused, only one of them is known to have been looked at */
  group(messages: readonly Mutant[], answer: Answer): void {
    this.#note(messages.map(({ how }) => how).join(' | '), Buffer.alloc(0), answer);
    if (answer.status === 0) {
      this.answered += messages.length;
      this.#taken += messages.length;
    } else this.#refusal();
  }

  single({ how, bytes }: Mutant, answer: Answer): void {
    this.#note(how, bytes, answer);
    if (answer.status === 0) {
      this.answered += 1;
      this.#taken += 1;
    } else this.#refusal();
  }

  tally(): Tally {
    const { answered, refused, streams } = this;
    const statuses = Object.fromEntries([...this.#statuses].sort());
    return { answered, taken: this.#taken, refused, streams, statuses, wrong: Object.fromEntries(this.#wrong) };
  }

  #refusal(): void {
    this.answered += 1;
    this.refused += 1;
  }

  #note(how: string, bytes: Buffer, { status, details }: Answer): void {
    this.streams += 1;
    const key = String(status);
    this.#statuses.set(key, (this.#statuses.get(key) ?? 0) + 1);
    const example = `${details.slice(0, 200)} [${how.slice(0, 200)}] ${bytes.subarray(0, 120).toString('hex')}`;
    const keep = (kind: string) => {
      if (!this.#wrong.has(kind)) this.#wrong.set(kind, example);
    };
    if (status === null) keep('ended without a status');
    else if (status !== 0 && details.length < LEAST_TEXT) keep(`status ${status} without a reason`);
    else if (status !== 0 && UNREAD.test(details)) keep(`status ${status}, and not what could not be read`);
    else if (status !== 0 && INTERNAL.test(details)) keep(`a reason that is an error of ours: ${details.slice(0, 60)}`);
    else if (status === UNKNOWN) keep('status unknown');
  }
}
