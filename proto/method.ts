/** One rpc in the shape of a grpc-js method definition. */

import { decode, encode } from './codec.ts';
import { asBenchError, type BenchError } from './errors.ts';
import type { MessageTypes } from './messages.ts';

export interface CodecPair<Req, Res, Received = Req> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (message: Req) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => Received;
  readonly responseSerialize: (message: Res) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Res;
}

export function method<Q extends keyof MessageTypes, S extends keyof MessageTypes>(
  service: string,
  name: string,
  request: Q,
  response: S,
  stream: { in: boolean; out: boolean },
): CodecPair<MessageTypes[Q], MessageTypes[S]> {
  return {
    path: `/hookbench.v1.${service}/${name}`,
    requestStream: stream.in,
    responseStream: stream.out,
    requestSerialize: (message) => encode(request, message),
    requestDeserialize: (bytes) => decodeOrKeepError(request, bytes),
    responseSerialize: (message) => encode(response, message),
    responseDeserialize: (bytes) => decode(response, bytes),
  };
}

const unreadable = new WeakMap<object, BenchError>();

/** A service calls it first: grpc-js answers what its deserializer throws with a text that says nothing, so the error comes with the request.
 * @throws BenchError bad-message when the request's bytes were none of such a message */
export function checkReadable(request: object): void {
  const error = unreadable.get(request);
  if (error !== undefined) throw error;
}

function decodeOrKeepError<Q extends keyof MessageTypes>(name: Q, bytes: Buffer): MessageTypes[Q] {
  try {
    return decode(name, bytes);
  } catch (error) {
    const empty = {};
    unreadable.set(empty, asBenchError(error));
    return empty as MessageTypes[Q];
  }
}
