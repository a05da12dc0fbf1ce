/** One thread's talk with its own sockets: what any server does with them, and what none should. Makes steps that leave nothing open. */

import type { HookedFunction } from '../../agent/mechanisms/mechanism.ts';
import type { Random } from '../../controller/plan/random.ts';
import type { Messages } from './messages.ts';
import { ACCEPT, AT_GUARD, CLOSE, DUPLICATE, MSG, type Op, READ } from './script.ts';

export interface TalkOptions {
  readonly random: Random;
  readonly messages: Messages;
  /** first of the 16 slots that it has to itself */
  readonly firstSlot: number;
  /** no other thread runs: numbers of closed descriptors are not taken by another at any time */
  readonly alone: boolean;
  /** descriptors at fixed numbers begin here */
  readonly highFds: number;
  readonly functions: readonly HookedFunction[];
}

const CONNECTIONS = 4;

export class Talk {
  readonly ops: Op[] = [];
  reads = 0;
  readonly #o: TalkOptions;
  #highFds: number;

  constructor(o: TalkOptions) {
    this.#o = o;
    this.#highFds = o.highFds;
  }

  /** @param reads about so many */
  run(reads: number): this {
    for (let i = 0; i < CONNECTIONS; i++) this.#accept(i);
    const until = this.reads + reads;
    while (this.reads < until) this.#act(this.#int(CONNECTIONS));
    for (let i = 0; i < CONNECTIONS; i++) this.#hangUp(i);
    return this;
  }

  /** slots of connection i: the accepted socket, its client, and a copy of the accepted one */
  server = (i: number): number => this.#o.firstSlot + 3 * i;
  client = (i: number): number => this.#o.firstSlot + 3 * i + 1;
  copy = (i: number): number => this.#o.firstSlot + 3 * i + 2;

  #act(i: number): void {
    const roll = this.#int(100);
    if (roll < 52) this.pass(i);
    else if (roll < 64) this.#split(i);
    else if (roll < 68) this.#together(i);
    else if (roll < 71) this.read(this.server(i), { size: 1 + this.#int(300) });
    else if (roll < 73) this.read(this.server(i), { size: 0 });
    else if (roll < 77) this.#toClient(i);
    else if (roll < 84) this.#duplicate(i);
    else if (roll < 89) this.#decoy(i);
    else if (roll < 92) this.#badBuffer(i);
    else if (roll < 94) this.#end(i);
    else if (roll < 95) this.#reset(i);
    else if (roll < 96) this.#staleFd(i);
    else if (roll < 97) this.#flagged(i);
    else this.#again(i);
  }

  /** One message, read by one call. */
  pass(i: number, slot = this.server(i)): void {
    const { bytes, continuation } = this.#o.messages.next();
    this.#op({ code: 'W', a: this.client(i), data: bytes });
    this.read(slot, { size: this.#roomFor(bytes.length), expected: bytes.length, continuation });
  }

  read(slot: number, o: { size: number; expected?: number; continuation?: Buffer; how?: number }): void {
    const exact = o.size === o.expected;
    const place = exact && this.#int(3) === 0 ? AT_GUARD : this.#int(4) === 0 ? 4096 - this.#int(64) : this.#int(64);
    const how = o.how ?? this.#how();
    const stale = { data: o.continuation ?? Buffer.alloc(0), dataTo: o.expected ?? 0 };
    this.#op({ code: 'R', how, a: slot, size: o.size, place, parts: 1 + this.#int(5), ...stale });
    this.reads += 1;
  }

  /** mostly a function that the hook is in front of, now and then another */
  #how(): number {
    const { functions } = this.#o;
    const call = this.#int(20) === 0 ? undefined : functions[this.#int(functions.length)];
    if (call === 'read') return this.#int(8) === 0 ? READ.readChk : READ.read;
    return call === undefined ? this.#int(READ.recvmsg + 1) : READ[call];
  }

  #roomFor(length: number): number {
    const roll = this.#int(10);
    if (roll < 4) return length;
    return roll < 9 ? length + 1 + this.#int(300) : 4096 + this.#int(12_000);
  }

  #split(i: number): void {
    const { bytes, continuation } = this.#o.messages.next();
    const at = 1 + this.#int(bytes.length);
    this.#op({ code: 'W', a: this.client(i), data: bytes });
    this.read(this.server(i), { size: at, expected: at, continuation: bytes.subarray(at) });
    const left = bytes.length - at;
    this.read(this.server(i), { size: this.#roomFor(left), expected: left, continuation });
  }

  #together(i: number): void {
    const sent = Array.from({ length: 2 + this.#int(3) }, () => this.#o.messages.next().bytes);
    for (const data of sent) this.#op({ code: 'W', a: this.client(i), data });
    const size = 1 + this.#int(600);
    for (let left = Buffer.concat(sent).length; left > 0; left -= size)
      this.read(this.server(i), { size, expected: Math.min(size, left) });
  }

  /** a connecting socket is no accepted one */
  #toClient(i: number): void {
    const { bytes } = this.#o.messages.next();
    this.#op({ code: 'W', a: this.server(i), data: bytes });
    this.read(this.client(i), { size: this.#roomFor(bytes.length), expected: bytes.length });
  }

  #duplicate(i: number): void {
    const how = this.#int(5);
    const ways = [DUPLICATE.dup, DUPLICATE.dup2, DUPLICATE.dup3, DUPLICATE.fcntl, DUPLICATE.fcntlCloexec];
    const over = how === 1 || how === 2;
    if (over && this.#int(2) === 0) this.#decoyAt(this.copy(i));
    this.#op({
      code: 'D',
      how: ways[how]!,
      a: this.copy(i),
      b: this.server(i),
      size: over ? this.#highFds++ : this.#int(2) * this.#int(900),
    });
    this.pass(i, this.copy(i));
    if (this.#int(3) === 0) {
      // the first goes, the copy stays; then a copy of the copy in the first's place
      this.#close(this.server(i));
      this.pass(i, this.copy(i));
      this.#op({ code: 'D', how: DUPLICATE.dup, a: this.server(i), b: this.copy(i) });
    } else if (this.#int(4) === 0) {
      // what was a copy becomes a pipe without a close in between
      const pipe = this.#o.firstSlot + 3 * CONNECTIONS;
      this.#op({ code: 'p', a: pipe, b: pipe + 1 });
      this.#op({ code: 'D', how: DUPLICATE.dup2, a: this.copy(i), b: pipe, size: this.#highFds++ });
      this.#fromPipe(this.copy(i), pipe + 1);
      this.#close(pipe);
      this.#close(pipe + 1);
    }
    this.pass(i);
    this.#close(this.copy(i));
    this.pass(i);
  }

  /** The number of an accepted socket that was closed is most likely given to what is opened next. */
  #decoy(i: number): void {
    this.#hangUp(i);
    this.#decoyAt(this.server(i));
    this.#hangUp(i);
    this.#accept(i);
    this.pass(i);
  }

  #decoyAt(slot: number): void {
    const other = this.#o.firstSlot + 3 * CONNECTIONS;
    const { bytes } = this.#o.messages.next();
    const kind = this.#int(3);
    if (kind === 0) {
      this.#op({ code: 'f', a: slot, data: bytes });
      this.read(slot, { size: this.#roomFor(bytes.length), expected: bytes.length, how: READ.read });
      return;
    }
    this.#op({ code: kind === 1 ? 'p' : 'P', a: slot, b: other });
    this.#fromPipe(slot, other);
    this.#close(other);
  }

  #fromPipe(slot: number, writer: number): void {
    const { bytes } = this.#o.messages.next();
    this.#op({ code: 'W', a: writer, data: bytes });
    this.read(slot, { size: this.#roomFor(bytes.length), expected: bytes.length, how: READ.read });
  }

  #badBuffer(i: number): void {
    const { bytes, continuation } = this.#o.messages.next();
    this.#op({ code: 'W', a: this.client(i), data: bytes });
    this.read(this.server(i), { size: 1 + this.#int(300), how: READ.badBuffer });
    this.read(this.server(i), { size: this.#roomFor(bytes.length), expected: bytes.length, continuation });
  }

  #end(i: number): void {
    this.#op({ code: 'E', a: this.client(i) });
    this.read(this.server(i), { size: 1 + this.#int(300) });
    this.read(this.server(i), { size: 1 + this.#int(300) });
    this.#again(i);
  }

  #reset(i: number): void {
    this.#hangUp(i);
    this.#op({ code: 'A', how: ACCEPT.tcp, a: this.server(i), b: this.client(i) });
    this.pass(i);
    this.#close(this.client(i), CLOSE.reset);
    this.read(this.server(i), { size: 1 + this.#int(300) });
    this.#again(i);
  }

  #staleFd(i: number): void {
    if (!this.#o.alone) return;
    this.#close(this.server(i));
    this.read(this.server(i), { size: 1 + this.#int(300), how: READ.staleFd });
    this.#again(i);
  }

  /** a call that looks at the bytes without taking them, takes them without looking, or wants others */
  #flagged(i: number): void {
    const { bytes } = this.#o.messages.next();
    const flags = [MSG.peek, MSG.trunc, MSG.peek | MSG.trunc, MSG.oob];
    const how = [READ.recv, READ.recvfrom, READ.recvmsg][this.#int(3)]!;
    this.#op({ code: 'W', a: this.client(i), data: bytes });
    this.#op({ code: 'R', how, a: this.server(i), b: flags[this.#int(4)]!, size: bytes.length, place: this.#int(64) });
    this.reads += 1;
    this.read(this.server(i), { size: bytes.length, expected: bytes.length });
  }

  #again(i: number): void {
    this.#hangUp(i);
    this.#accept(i);
  }

  #accept(i: number): void {
    this.#op({ code: 'A', how: this.#int(8), a: this.server(i), b: this.client(i) });
  }

  #hangUp(i: number): void {
    this.#close(this.server(i));
    this.#close(this.client(i));
  }

  /** syscall(SYS_close) is seen by the library on x86-64 alone (hooks/README.md, limits) */
  #close(slot: number, how: number = this.#int(3) === 0 && process.arch === 'x64' ? CLOSE.syscall : CLOSE.close): void {
    this.#op({ code: 'C', how, a: slot });
  }

  #op(op: Op): void {
    this.ops.push(op);
  }

  #int(below: number): number {
    return this.#o.random.int(below);
  }
}
