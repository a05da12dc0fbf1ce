/** One end of a connection about a load generator: messages in and out, with backpressure, and the certainty that the other end is there. */

import type { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { ALIVE_EVERY_MS, drained, encoded, GIVE_UP_AFTER_MS, type Kind, type Message, MessageReader } from './wire.ts';

export interface LinkTimes {
  readonly aliveEveryMs: number;
  readonly giveUpAfterMs: number;
}

export interface LinkEvents {
  /** @returns a promise where the next message must wait */
  message(message: Message): void | Promise<void>;
  /** once; whatever ended it */
  closed(why: string): void;
}

const TIMES: LinkTimes = { aliveEveryMs: ALIVE_EVERY_MS, giveUpAfterMs: GIVE_UP_AFTER_MS };

export class Link {
  readonly #socket: TLSSocket;
  readonly #reader = new MessageReader();
  readonly #events: LinkEvents;
  readonly #alive: NodeJS.Timeout;
  /** the first reason counts */
  #why: string | null = null;
  #turn: Promise<void> = Promise.resolve();
  #heardAtMs = performance.now();

  constructor(socket: TLSSocket, events: LinkEvents, times: LinkTimes = TIMES) {
    this.#socket = socket;
    this.#events = events;
    socket.setNoDelay(true);
    socket.on('error', (error) => this.close(error.message));
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.once('close', () => {
      clearInterval(this.#alive);
      // what came before the end is handed over first
      void this.#turn.then(() => events.closed(this.#why ?? 'the other end closed the connection'));
    });
    this.#alive = setInterval(() => {
      this.send('alive');
      const silentMs = performance.now() - this.#heardAtMs;
      if (silentMs > times.giveUpAfterMs && !socket.isPaused())
        this.close(`nothing was heard for ${times.giveUpAfterMs / 1000} s`);
    }, times.aliveEveryMs);
    this.#alive.unref();
  }

  /** @returns false when the other end is slower than this one */
  send(kind: Kind, body?: Uint8Array): boolean {
    if (this.#socket.destroyed) return true;
    let room = true;
    for (const bytes of encoded(kind, body)) room = this.#socket.write(bytes);
    return room;
  }

  /** Hands on what a stream brings, no faster than the other end takes it. @returns settles at its end */
  async carry(kind: Kind, from: Readable): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) if (!this.send(kind, chunk)) await drained(this.#socket);
    } catch {
      // what the stream was part of says how it ended
    }
  }

  /** Sends what is waiting, then ends. */
  end(): void {
    this.#why ??= 'it was ended from this end';
    this.#socket.end();
  }

  close(why: string): void {
    this.#why ??= why;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#heardAtMs = performance.now();
    let messages: Message[];
    try {
      messages = this.#reader.push(chunk);
    } catch (error) {
      this.close((error as Error).message);
      return;
    }
    for (const message of messages.filter(({ kind }) => kind !== 'alive')) this.#hand(message);
  }

  /** While one message waits, nothing more is read from the socket. */
  #hand(message: Message): void {
    this.#turn = this.#turn.then(async () => {
      const waits = this.#events.message(message);
      if (waits === undefined) return;
      this.#socket.pause();
      await waits;
      this.#heardAtMs = performance.now();
      this.#socket.resume();
    });
    this.#turn = this.#turn.catch((error: unknown) => this.close(String(error)));
  }
}
