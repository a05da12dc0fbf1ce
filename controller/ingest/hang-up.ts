/** Ends the HTTP/2 stream of a call whose peer does not read: grpc-js sends a status only behind what is unread, so without this the call would stay. */

import { constants } from 'node:http2';

interface Closable {
  close(code: number): void;
}

/** @param call of grpc-js. @returns false when grpc-js keeps its stream somewhere else than in the versions known here; a test looks for that */
export function hangUp(call: object): boolean {
  // through interceptors, if there are any, to the call that holds the stream
  let at: unknown = call;
  for (let depth = 0; depth < 4 && isObject(at); depth++) {
    const { stream } = at;
    if (isObject(stream) && typeof stream.close === 'function') {
      (stream as unknown as Closable).close(constants.NGHTTP2_CANCEL);
      return true;
    }
    at = at.call ?? at.nextCall;
  }
  return false;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
