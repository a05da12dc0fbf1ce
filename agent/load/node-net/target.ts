import { connect, type Socket } from 'node:net';
import { wrapped } from '../protocols.ts';
import type { Expectation, RequestTemplate, ResponseRule, TargetCounters } from '../types.ts';
import { readerOf } from './replies.ts';

export type Address = {
  id: number;
  ipv4: string;
  port: number;
  protocol: ResponseRule | 'burst';
  /** 1 but for burst */
  requestsPerUnit: number;
  /** that make one response */
  replies: number;
  expect: Expectation;
};

/** The other end closed or reset the connection. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';
}

/** of both kinds */
type Requests = [Buffer | null, Buffer | null];

/** What a receiver makes of the bytes so far: done, more wanted, or an Error to throw. */
export type Receiver = (chunk: Buffer) => boolean;

/** One place to send to, its connection and its counters. Errors say what failed; the run puts the target's name before. */
export class Target {
  readonly address: Address;
  counters: TargetCounters;
  template: RequestTemplate | null = null;
  /** of the run under way, by kind */
  requests: Requests = [null, null];
  #socket: Socket | null = null;
  #helloBytes = 0;
  #receiver: Receiver | null = null;
  #settle: { resolve: () => void; reject: (error: Error) => void } | null = null;

  constructor(address: Address) {
    this.address = address;
    this.counters = zeroCounters(address.id);
  }

  get name(): string {
    return `target ${this.address.id} (${this.address.ipv4}:${this.address.port})`;
  }

  get rule(): ResponseRule {
    return this.address.protocol === 'burst' ? 'http' : this.address.protocol;
  }

  /** Makes the requests of a run, so that nothing is put together while a clock runs. */
  wrap([miss, hit]: Requests): void {
    const { template } = this;
    const whole = (payload: Buffer | null) =>
      payload === null || template === null ? payload : wrapped(template, payload);
    this.requests = [whole(miss), whole(hit)];
  }

  /** A connection that works: the one there is, or a new one. Burst: with a hello for requests of `requestBytes`. With an opening: when that
   * has been answered. */
  async open(fresh: boolean, requestBytes: number, timeoutMs: number): Promise<void> {
    const otherHello = this.address.protocol === 'burst' && this.#helloBytes !== requestBytes;
    if (fresh || otherHello) this.close();
    if (this.#socket !== null) return;
    this.#helloBytes = requestBytes;
    await this.#wait(timeoutMs, () => this.#connect());
    this.counters = { ...this.counters, reconnects: this.counters.reconnects + 1 };
    if (this.address.protocol === 'burst') this.#socket!.write(hello(requestBytes, this.address.requestsPerUnit));
    const opening = Buffer.from(this.template?.opening ?? []);
    if (opening.length > 0) await this.exchange(opening, timeoutMs, readerOf(this.rule, this.address.replies));
  }

  /** Writes, then gives what arrives to `receiver` until it says done. The clock is the caller's. */
  exchange(bytes: Buffer, timeoutMs: number, receiver: Receiver): Promise<void> {
    return this.#wait(timeoutMs, () => {
      this.#receiver = receiver;
      this.#socket!.write(bytes);
    });
  }

  count(what: 'refused' | 'served' | 'leaked' | 'denied'): void {
    this.counters = { ...this.counters, [what]: this.counters[what] + 1 };
  }

  close(): void {
    this.#socket?.removeAllListeners('data').removeAllListeners('close').destroy();
    this.#socket = null;
  }

  /** Ends the wait in flight, if there is one. */
  interrupt(): void {
    this.#settle?.reject(new Error('interrupted'));
  }

  #connect(): void {
    const socket = connect({ host: this.address.ipv4, port: this.address.port, noDelay: true });
    this.#socket = socket;
    socket.on('connect', () => this.#settle?.resolve());
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const refused = error.syscall === 'connect';
      this.#settle?.reject(
        refused
          ? new Error(`connect failed: ${error.message}`)
          : new ClosedError(`closed by the SUT (${error.message})`),
      );
    });
    socket.on('close', () => {
      this.#socket = null;
      this.#settle?.reject(new ClosedError('closed by the SUT'));
    });
  }

  /** Bytes nobody waits for end the connection: what follows them can't be told apart. */
  #take(chunk: Buffer): void {
    const receiver = this.#receiver;
    if (receiver === null) {
      this.close();
      return;
    }
    try {
      if (receiver(chunk)) this.#settle?.resolve();
    } catch (error) {
      this.#settle?.reject(error as Error);
    }
  }

  async #wait(timeoutMs: number, start: () => void): Promise<void> {
    const late = setTimeout(() => this.#settle?.reject(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#settle = { resolve, reject };
        start();
      });
    } finally {
      clearTimeout(late);
      this.#settle = null;
      this.#receiver = null;
    }
  }
}

export function zeroCounters(target: number): TargetCounters {
  const sent = { reconnects: 0, requests: 0, bytesSent: 0, hitsSent: 0, bytesReceived: 0, units: 0 };
  return { target, ...sent, refused: 0, served: 0, leaked: 0, denied: 0 };
}

function hello(requestBytes: number, requests: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.write('HBRL', 'latin1');
  bytes.writeUInt32LE(requestBytes, 4);
  bytes.writeUInt32LE(requests, 8);
  return bytes;
}
