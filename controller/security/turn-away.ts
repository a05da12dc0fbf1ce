/** Tells who was refused why, in words that a gRPC client shows, and hangs up. It reads no message and calls no service. */

import { constants, createServer, type Http2Server, type Http2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { BenchError } from '#proto';
import { statusOf } from '../ingest/status.ts';

const STAY_MS = 3_000;
const MOST_AT_ONCE = 64;

export class TurnAway {
  readonly #server: Http2Server;
  readonly #why = new WeakMap<object, BenchError>();
  readonly #here = new Set<TLSSocket>();

  constructor() {
    this.#server = createServer({
      settings: { maxConcurrentStreams: 1, maxHeaderListSize: 8192, initialWindowSize: 0 },
      maxSessionMemory: 1,
    });
    this.#server.on('session', (session) => session.on('error', () => session.destroy()));
    this.#server.on('sessionError', () => undefined);
    this.#server.on('stream', (stream) => {
      stream.on('error', () => undefined);
      const { session } = stream;
      const refusal = session === undefined ? undefined : this.#refusalOf(session);
      if (refusal !== undefined && !stream.destroyed) stream.respond(headersOf(refusal), { endStream: true });
      session?.close();
    });
  }

  take(socket: TLSSocket, refusal: BenchError): void {
    if (this.#here.size >= MOST_AT_ONCE) {
      socket.destroy();
      return;
    }
    this.#here.add(socket);
    this.#why.set(socket, refusal);
    const timer = setTimeout(() => socket.destroy(), STAY_MS).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      this.#here.delete(socket);
    });
    this.#server.emit('connection', socket);
  }

  close(): void {
    for (const socket of this.#here) socket.destroy();
  }

  /** a session shows its socket through a proxy, so it is found by the address at the other end */
  #refusalOf(session: Http2Session): BenchError | undefined {
    const { remoteAddress, remotePort } = session.socket;
    const socket = [...this.#here].find((s) => s.remoteAddress === remoteAddress && s.remotePort === remotePort);
    return socket === undefined ? undefined : this.#why.get(socket);
  }
}

function headersOf(refusal: BenchError) {
  const { code, details, metadata } = statusOf(refusal);
  return {
    [constants.HTTP2_HEADER_STATUS]: 200,
    [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
    'grpc-status': String(code),
    'grpc-message': encodeURIComponent(details),
    ...metadata.toHttp2Headers(),
  };
}
