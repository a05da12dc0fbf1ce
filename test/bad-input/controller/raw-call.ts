/** gRPC calls made by hand over HTTP/2, so that any bytes can be sent as a message. */

import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';

export const CONNECT_PATH = '/hookbench.v1.AgentStream/Connect';

/** How a call ended. */
export interface Answer {
  /** grpc-status; null when the call ended without one */
  readonly status: number | null;
  readonly details: string;
  /** bytes of messages that came back */
  readonly bytesBack: number;
}

export function dial(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 4 * 1024 * 1024 } });
  session.on('error', () => undefined);
  session.setMaxListeners(0);
  return session;
}

/** a message as gRPC frames it: one byte "not compressed", four bytes length */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(5 + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  return frame;
}

/** the same for bytes that are gzip: one byte "compressed" */
export function framedGzip(compressed: Uint8Array): Buffer {
  const frame = framed(compressed);
  frame[0] = 1;
  return frame;
}

/** Sends it all, says that nothing more comes, and waits for the end. @throws Error when there is none within the time */
export function call(
  session: ClientHttp2Session,
  path: string,
  body: readonly Buffer[],
  withinMs: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  const answer = ended(stream, withinMs);
  stream.end(Buffer.concat(body));
  return answer;
}

function ended(stream: ClientHttp2Stream, withinMs: number): Promise<Answer> {
  let headers: IncomingHttpHeaders = {};
  let bytesBack = 0;
  let failure = '';
  stream.on('response', (got) => {
    headers = { ...headers, ...got };
  });
  stream.on('trailers', (got) => {
    headers = { ...headers, ...got };
  });
  stream.on('data', (chunk: Buffer) => {
    bytesBack += chunk.length;
  });
  stream.on('error', (error: Error) => {
    failure = error.message;
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stream.close();
      reject(new Error(`a call had no end within ${withinMs} ms`));
    }, withinMs);
    stream.once('close', () => {
      clearTimeout(timer);
      const status = headers['grpc-status'];
      const details = decodeURIComponent(String(headers['grpc-message'] ?? failure));
      resolve({ status: status === undefined ? null : Number(status), details, bytesBack });
    });
  });
}
