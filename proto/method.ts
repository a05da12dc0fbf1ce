/** One rpc in the shape of a grpc-js method definition. */

import { decode, encode } from './codec.ts';
import type { MessageTypes } from './messages.ts';

export interface CodecPair<Req, Res> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (message: Req) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => Req;
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
    requestDeserialize: (bytes) => decode(request, bytes),
    responseSerialize: (message) => encode(response, message),
    responseDeserialize: (bytes) => decode(response, bytes),
  };
}
