/** Scripts for the Java driver. The same seed gives the same script. */

import { Random } from '../../../controller/plan/random.ts';
import { Messages } from '../messages.ts';
import { KINDS, type Kind, type LaneStep, type Step } from './script.ts';

export interface JavaScript {
  readonly steps: readonly LaneStep[];
  /** what buffers are full of before a read */
  readonly stale: Buffer;
}

const LANES = 4;
const SLOTS = 4;
const LONGEST = 65_536;

/** @param o.reads at least so many */
export function makeScript(o: { seed: number; label: string; keywords: readonly Buffer[]; reads: number }): JavaScript {
  const random = new Random(o.seed, `java conformance ${o.label}`);
  const messages = new Messages(random, o.keywords);
  const steps: LaneStep[] = [];
  for (let lane = 0; lane < LANES; lane++) {
    const talk = new Talk(random, messages);
    if (lane === 0) talk.eachKeyword(o.keywords);
    steps.push(...talk.run(Math.ceil(o.reads / LANES)).map((step) => ({ lane, step })));
  }
  return { steps, stale: messages.stale() };
}

interface Connection {
  readonly slot: number;
  kind: Kind;
}

/** One thread's talk with its own sockets. */
class Talk {
  readonly #random: Random;
  readonly #messages: Messages;
  readonly #steps: Step[] = [];
  #reads = 0;

  constructor(random: Random, messages: Messages) {
    this.#random = random;
    this.#messages = messages;
  }

  /** Every keyword by itself. */
  eachKeyword(keywords: readonly Buffer[]): void {
    const connection = this.#accept(0);
    for (const word of keywords) this.#pass(connection, word);
    this.#steps.push({ code: 'close', slot: 0 });
  }

  run(reads: number): readonly Step[] {
    const connections = Array.from({ length: SLOTS }, (_, slot) => this.#accept(slot));
    while (this.#reads < reads) this.#act(connections[this.#int(SLOTS)]!);
    for (const { slot } of connections) this.#steps.push({ code: 'close', slot });
    return this.#steps;
  }

  #act(connection: Connection): void {
    const roll = this.#int(100);
    if (roll < 58) this.#pass(connection, this.#messages.next().bytes);
    else if (roll < 70) this.#split(connection);
    else if (roll < 76) this.#together(connection);
    else if (roll < 79) this.#pass(connection, this.#messages.long(1 + this.#int(LONGEST)).bytes);
    else if (roll < 80) this.#pass(connection, this.#messages.long(LONGEST).bytes);
    else if (roll < 85) this.#nothingThere(connection);
    else if (roll < 88) this.#steps.push({ code: 'back', slot: connection.slot, bytes: this.#messages.next().bytes });
    else if (roll < 92) this.#decoy(connection);
    else this.#over(connection);
  }

  /** one message, read by one call */
  #pass(connection: Connection, bytes: Buffer): void {
    this.#send(connection, bytes);
    const room = this.#int(2) === 0 ? 0 : this.#int(300);
    this.#read(connection, Math.min(LONGEST, bytes.length + room), bytes.length);
  }

  #split(connection: Connection): void {
    const { bytes } = this.#messages.next();
    const at = 1 + this.#int(bytes.length);
    this.#send(connection, bytes);
    this.#read(connection, at, bytes.length);
    if (at < bytes.length) this.#read(connection, bytes.length - at + this.#int(100), bytes.length - at);
  }

  #together(connection: Connection): void {
    const sent = Array.from({ length: 2 + this.#int(3) }, () => this.#messages.next().bytes);
    for (const bytes of sent) this.#send(connection, bytes);
    const size = 1 + this.#int(600);
    for (let left = Buffer.concat(sent).length; left > 0; left -= size) this.#read(connection, size, left);
  }

  /** would wait in a Socket, and be heard of later in an asynchronous channel */
  #nothingThere(connection: Connection): void {
    if (connection.kind === 'channel' || connection.kind === 'unix') this.#read(connection, 1 + this.#int(300), -1);
  }

  /** what is opened next most likely gets the number of what was closed */
  #decoy(connection: Connection): void {
    const { slot } = connection;
    const bytes = this.#messages.next().bytes;
    this.#steps.push({ code: 'close', slot }, { code: this.#int(2) === 0 ? 'pipe' : 'file', slot, bytes });
    this.#again(connection);
  }

  /** the end of a connection, in one of the ways that there are */
  #over(connection: Connection): void {
    const { slot, kind } = connection;
    const way = this.#int(4);
    const closed: Step['code'][] = ['end', 'reset', 'shut', 'under'];
    const code = closed[way] as 'end' | 'reset' | 'shut' | 'under';
    const isPossible = code === 'end' || code === 'shut' || (kind !== 'async' && (code === 'under' || kind !== 'unix'));
    if (isPossible) {
      this.#steps.push({ code, slot });
      if (code !== 'under') this.#read(connection, 1 + this.#int(300), code === 'shut' ? -1 : 0);
    }
    this.#steps.push({ code: 'close', slot });
    this.#again(connection);
  }

  #again(connection: Connection): void {
    connection.kind = this.#accept(connection.slot).kind;
    this.#pass(connection, this.#messages.next().bytes);
  }

  #accept(slot: number): Connection {
    const kind = KINDS[this.#int(KINDS.length)]!;
    this.#steps.push({ code: 'accept', slot, kind });
    return { slot, kind };
  }

  #send({ slot }: Connection, bytes: Buffer): void {
    this.#steps.push({ code: 'send', slot, bytes });
  }

  #read({ slot, kind }: Connection, size: number, queued: number): void {
    const scattered = (kind === 'channel' || kind === 'unix') && size > 1 && this.#int(5) === 0;
    const inThread = this.#int(30) === 0;
    const into = kind === 'socket' || this.#int(3) === 0 ? 'heap' : 'direct';
    const parts = scattered ? this.#cut(size) : [size];
    this.#steps.push({ code: 'read', slot, into, parts, queued, inThread });
    this.#reads += 1;
  }

  #cut(size: number): number[] {
    const at = 1 + this.#int(size - 1);
    const [first, rest] = [at, size - at];
    return rest > 1 && this.#int(2) === 0 ? [first, ...this.#cut(rest)].slice(0, 16) : [first, rest];
  }

  #int(below: number): number {
    return this.#random.int(below);
  }
}
