/** What grpc-js gives no way to: reach the HTTP/2 stream of a call. Tests look whether it is still where it was. */

import { constants, type Http2Session } from 'node:http2';

interface Stream {
  readonly session?: Http2Session;
  close(code: number): void;
}

/** Ends the stream of a call whose peer does not read: grpc-js sends a status only behind what is unread, so without this the call would stay.
 * @param call of grpc-js. @returns false when its stream was not found */
export function hangUp(call: object): boolean {
  const stream = streamOf(call);
  stream?.close(constants.NGHTTP2_CANCEL);
  return stream !== null;
}

/** Lets the peer send so much ahead of what was read. The 64 KiB that HTTP/2 begins with are less than one record: over a line of 10 ms there and back
 * a stream then carries 0.2 million samples a second. @returns false as above */
export function widen(call: object, windowBytes: number): boolean {
  const session = streamOf(call)?.session;
  if (session === undefined || session.destroyed) return false;
  session.settings({ initialWindowSize: windowBytes });
  session.setLocalWindowSize(windowBytes);
  return true;
}

function streamOf(call: object): Stream | null {
  // through interceptors, if there are any, to the call that holds the stream
  let at: unknown = call;
  for (let depth = 0; depth < 4 && isObject(at); depth++) {
    const { stream } = at;
    if (isObject(stream) && typeof stream.close === 'function') return stream as unknown as Stream;
    at = at.call ?? at.nextCall;
  }
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
