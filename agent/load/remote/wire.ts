/** What agents say to each other about a load generator: one connection is one generator's process. A message is a kind, a length and as many
 * bytes; no program, argument or path is among them. */

import type { Writable } from 'node:stream';
import { BenchError } from '#proto';

export const KINDS = [
  'start',
  'stdin',
  'stdin-end',
  'signal',
  'started',
  'stdout',
  'stderr',
  'exit',
  'alive',
  'look',
  'sight',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Message {
  readonly kind: Kind;
  readonly body: Buffer;
}

const HEAD_BYTES = 5;
export const MOST_BODY_BYTES = 256 * 1024;
/** each end says at least so often that it is there, and gives the other up after three times as long */
export const ALIVE_EVERY_MS = 5_000;
export const GIVE_UP_AFTER_MS = 15_000;

/** @param body in pieces where it is longer than one message may be */
export function* encoded(kind: Kind, body: Uint8Array = Buffer.alloc(0)): Generator<Buffer> {
  let from = 0;
  do {
    const part = body.subarray(from, from + MOST_BODY_BYTES);
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt8(KINDS.indexOf(kind), 0);
    head.writeUInt32BE(part.length, 1);
    yield Buffer.concat([head, part]);
    from += part.length;
  } while (from < body.length);
}

/** Takes bytes as they come. It never holds more than one message that is not whole. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @throws BenchError bad-message */
  push(chunk: Buffer): Message[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    let at = 0;
    while (bytes.length - at >= HEAD_BYTES) {
      const kind = KINDS[bytes[at]!];
      const length = bytes.readUInt32BE(at + 1);
      if (kind === undefined || length > MOST_BODY_BYTES)
        throw new BenchError(
          'bad-message',
          `a message of kind ${bytes[at]} and ${length} bytes about a load generator`,
        );
      if (bytes.length - at < HEAD_BYTES + length) break;
      messages.push({ kind, body: bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length) });
      at += HEAD_BYTES + length;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    return messages;
  }
}

export const SIGNALS = ['SIGTERM', 'SIGKILL', 'SIGUSR2'] as const;
export type Signal = (typeof SIGNALS)[number];

export function signalOf(body: Buffer): Signal | null {
  const text = body.toString('latin1');
  return SIGNALS.find((one) => one === text) ?? null;
}

/** how a process ended, as the other end tells it */
export function exitOf(body: Buffer): { exitCode: number | null; signal: string | null } {
  const [, code, signal] = /^(\d{1,3}|-) ([A-Z0-9]{1,16}|-)$/.exec(body.toString('latin1')) ?? [];
  if (code === undefined || signal === undefined) throw new BenchError('bad-message', 'an exit that says nothing');
  return { exitCode: code === '-' ? null : Number(code), signal: signal === '-' ? null : signal };
}

export function exitText(exit: { exitCode: number | null; signal: string | null }): Buffer {
  return Buffer.from(`${exit.exitCode ?? '-'} ${exit.signal ?? '-'}`, 'latin1');
}

/** Settles when a stream that was full takes more, or never will. */
export function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.once('drain', done).once('close', done);
    if (stream.destroyed || !stream.writableNeedDrain) done();
  });
}
