/** A TCP relay whose connections can be cut, reset, held, slowed or refused while they carry something. */

import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Observer {
  up(chunk: Buffer): void;
  down(chunk: Buffer): void;
}

export type Direction = 'up' | 'down';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** nothing more goes through, in either direction */
  cut: boolean;
}

export class Relay {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  readonly #observe: () => Observer;
  readonly #held = new Set<Direction>();
  #to: { readonly host: string; readonly port: number };
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #cutAfter = Number.POSITIVE_INFINITY;
  #refusing = false;

  private constructor(to: { host: string; port: number }, observe: () => Observer) {
    this.#to = to;
    this.#observe = observe;
    this.#server = createServer({ allowHalfOpen: false }, (near) => this.#accept(near));
  }

  /** @param observe makes one observer for each connection, which sees every byte before it is passed on */
  static async open(o: { to: { host: string; port: number }; observe: () => Observer; host?: string }): Promise<Relay> {
    const relay = new Relay(o.to, o.observe);
    await new Promise<void>((resolve) => relay.#server.listen(0, o.host ?? '127.0.0.1', resolve));
    return relay;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  retarget(to: { host: string; port: number }): void {
    this.#to = to;
  }

  /** ends every connection: in order, or with a reset on both sides */
  cut(how: 'end' | 'reset'): void {
    for (const pair of this.#pairs) this.#end(pair, how);
  }

  /** ends the connection that carries the byte after so many more, in the middle of whatever it is */
  cutAfter(bytes: number): void {
    this.#cutAfter = bytes;
  }

  /** Nothing goes through in these directions until they are let go: a peer that has gone silent, or one that does not read. */
  hold(...directions: Direction[]): void {
    for (const direction of directions) this.#held.add(direction);
    for (const pair of this.#pairs) this.#apply(pair);
  }

  letGo(): void {
    this.#held.clear();
    for (const pair of this.#pairs) this.#apply(pair);
  }

  slow(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** new connections are closed at once */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
  }

  close(): void {
    this.#server.close();
    this.cut('end');
  }

  #accept(near: Socket): void {
    if (this.#refusing) {
      near.on('error', () => undefined).destroy();
      return;
    }
    const far = connect(this.#to.port, this.#to.host);
    const pair = { near, far, cut: false };
    const observer = this.#observe();
    this.#pairs.add(pair);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => this.#end(pair, 'end')).on('close', () => this.#end(pair, 'end'));
    }
    near.on('data', (chunk) => this.#pass(pair, 'up', { chunk, seen: (bytes) => observer.up(bytes) }));
    far.on('data', (chunk) => this.#pass(pair, 'down', { chunk, seen: (bytes) => observer.down(bytes) }));
    far.on('drain', () => this.#apply(pair));
    near.on('drain', () => this.#apply(pair));
    this.#apply(pair);
  }

  #pass(pair: Pair, direction: Direction, { chunk, seen }: { chunk: Buffer; seen: (bytes: Buffer) => void }): void {
    if (pair.cut) return;
    const [from, to] = direction === 'up' ? [pair.near, pair.far] : [pair.far, pair.near];
    const passed = chunk.subarray(0, Math.min(chunk.length, this.#cutAfter));
    this.#cutAfter -= passed.length;
    seen(passed);
    if (!to.write(passed)) from.pause();
    if (this.#cutAfter <= 0) {
      this.#cutAfter = Number.POSITIVE_INFINITY;
      pair.cut = true;
      setImmediate(() => this.#end(pair, 'end'));
    }
    const waitMs = (1000 * chunk.length) / this.#bytesPerSecond;
    if (waitMs < 1) return;
    from.pause();
    setTimeout(() => this.#apply(pair), waitMs);
  }

  #apply({ near, far }: Pair): void {
    if (this.#held.has('up') || far.writableNeedDrain) near.pause();
    else near.resume();
    if (this.#held.has('down') || near.writableNeedDrain) far.pause();
    else far.resume();
  }

  #end(pair: Pair, how: 'end' | 'reset'): void {
    if (!this.#pairs.delete(pair)) return;
    for (const socket of [pair.near, pair.far]) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.destroy();
    }
  }
}
