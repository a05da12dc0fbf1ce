/** Where a response ends, of the protocols besides HTTP: what native/response_*.c knows. Each takes the bytes so far and gives the response's
 * length, or null while more are needed. */

import type { ResponseRule } from '../types.ts';
import { bad, responseReader } from './response.ts';

type Extent = (bytes: Buffer, replies: number) => number | null;

const LIMIT_BYTES = 65_536;
const MOST_MESSAGE = 1 << 24;

/** @returns a function that takes chunks and says true when the response is complete @throws Error (from that function) naming why it is none */
export function readerOf(rule: ResponseRule, replies: number): (chunk: Buffer) => boolean {
  if (rule === 'http') return responseReader();
  const extentOf = { resp: respExtent, memcached: memcachedExtent, postgres: postgresExtent }[rule];
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const extent = extentOf(held, replies);
    if (extent === null && held.length >= LIMIT_BYTES) throw bad(`its head is over ${LIMIT_BYTES} bytes`);
    if (extent !== null && held.length > extent) throw bad('more bytes than one response has');
    return extent === held.length;
  };
}

const respExtent: Extent = (bytes, replies) => {
  let at = 0;
  for (let i = 0; i < replies; i++) {
    if (at >= bytes.length) return null;
    if (!'+:$-'.includes(String.fromCharCode(bytes[at]!))) throw bad('not a reply of Redis');
    const line = lineAt(bytes, at);
    if (line === null) return null;
    if (line.startsWith('-')) throw bad(line.slice(0, 100));
    at += line.length + 2;
    if (!line.startsWith('$')) continue;
    at += numberOf(line.slice(1)) + 2;
  }
  return at;
};

const memcachedExtent: Extent = (bytes, replies) => {
  let at = 0;
  let hasValue = false;
  for (let seen = 0; seen < replies; ) {
    const line = lineAt(bytes, at);
    if (line === null) return null;
    at += line.length + 2;
    const value = /^VALUE .* (\d{1,15})$/.exec(line);
    if (value !== null) {
      at += Number(value[1]) + 2;
      hasValue = true;
    } else if (line === 'STORED') seen += 1;
    else if (line !== 'END') throw bad(line.slice(0, 100));
    else if (!hasValue) throw bad('no value where one was set');
    else {
      hasValue = false;
      seen += 1;
    }
  }
  return at;
};

const postgresExtent: Extent = (bytes, replies) => {
  let at = 0;
  for (let seen = 0; seen < replies; ) {
    if (at + 5 > bytes.length) return null;
    const type = String.fromCharCode(bytes[at]!);
    const size = bytes.readUInt32BE(at + 1);
    if (size < 4 || size > MOST_MESSAGE) throw bad('not a message of PostgreSQL');
    const fields = bytes.subarray(at + 5, at + 1 + size);
    at += 1 + size;
    if (at > bytes.length) return null;
    if (type === 'E')
      throw bad(/(?:^|\0)M([^\0]{0,200})/.exec(fields.toString('latin1'))?.[1] ?? 'an error without a message');
    if (type === 'R' && (fields.length < 4 || fields.readUInt32BE(0) !== 0))
      throw bad('it asks for a password (trust is needed)');
    if (type === 'Z') seen += 1;
  }
  return at;
};

/** without its end; null while that is not there */
function lineAt(bytes: Buffer, at: number): string | null {
  const end = bytes.indexOf('\r\n', at, 'latin1');
  return end < 0 ? null : bytes.toString('latin1', at, end);
}

function numberOf(digits: string): number {
  if (!/^\d{1,15}$/.test(digits)) throw bad('no value where one was set');
  return Number(digits);
}
