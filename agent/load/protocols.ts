/** The protocols that SUTs speak: what stands around the payload of a request, what a new connection begins with, and how many replies make
 * one response. Where a response ends is the generators' to know (native/response_*.c, node-net/replies.ts). */

import { occurrences, PayloadError, type Payloads } from './payload.ts';
import type { RequestTemplate, ResponseRule } from './types.ts';

interface RequestProtocol {
  readonly replies: number;
  /** spellings of the same request, the most ordinary first: a list of keywords may hold a word of the protocol's */
  spellings(payloadBytes: number): Iterable<RequestTemplate>;
}

/** PostgreSQL's user and database, made with the data */
export const POSTGRES_USER = 'bench';

const NOTHING = new Uint8Array(0);
const KEYS = ['k', '0', 'z', 'q7', '_'];

const PROTOCOLS: Readonly<Record<ResponseRule, RequestProtocol>> = {
  http: { replies: 1, spellings: () => [{ opening: NOTHING, before: NOTHING, after: NOTHING }] },
  /** SET and GET of the payload in one write */
  resp: { replies: 2, spellings: respSpellings },
  memcached: { replies: 2, spellings: memcachedSpellings },
  /** a simple query for the payload as a string */
  postgres: { replies: 1, spellings: postgresSpellings },
};

export function repliesOf(rule: ResponseRule): number {
  return PROTOCOLS[rule].replies;
}

/** The first spelling with which both requests are what the payloads are: no keyword in one, one in the other.
 * @throws PayloadError when there is none */
export function templateFor(
  rule: ResponseRule,
  { miss, hit }: Pick<Payloads, 'miss' | 'hit'>,
  keywords: readonly Uint8Array[],
): RequestTemplate {
  const words = keywords.map((word) => Buffer.from(word));
  for (const template of PROTOCOLS[rule].spellings(miss.length)) {
    const fits = occurrences(words, wrapped(template, miss)) === 0 && occurrences(words, wrapped(template, hit)) === 1;
    if (fits) return template;
  }
  throw new PayloadError(`the list has words without which no ${rule} request can be spelt: take them off it`);
}

/** the request's bytes */
export function wrapped({ before, after }: RequestTemplate, payload: Uint8Array): Buffer {
  return Buffer.concat([before, payload, after]);
}

function* respSpellings(payloadBytes: number): Iterable<RequestTemplate> {
  for (const [set, get] of [
    ['SET', 'GET'],
    ['set', 'get'],
    ['sEt', 'gEt'],
    ['SeT', 'GeT'],
  ] as const) {
    for (const key of KEYS) {
      const name = `$${key.length}\r\n${key}\r\n`;
      yield template(`*3\r\n$3\r\n${set}\r\n${name}$${payloadBytes}\r\n`, `\r\n*2\r\n$3\r\n${get}\r\n${name}`);
    }
  }
}

function* memcachedSpellings(payloadBytes: number): Iterable<RequestTemplate> {
  for (const key of KEYS) {
    for (const flags of [0, 1, 7]) yield template(`set ${key} ${flags} 0 ${payloadBytes}\r\n`, `\r\nget ${key}\r\n`);
  }
}

function* postgresSpellings(payloadBytes: number): Iterable<RequestTemplate> {
  for (const [query, end] of [
    ['SELECT ', ''],
    ['select ', ''],
    ['SeLeCt ', ''],
    ['VALUES (', ')'],
    ['vAlUeS (', ')'],
  ] as const) {
    for (const quote of ['$$', '$q$', '$z7$', '$_$']) {
      const before = `${query}${quote}`;
      const after = `${quote}${end}\0`;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(4 + before.length + payloadBytes + after.length);
      yield { ...template(`Q${length.toString('latin1')}${before}`, after), opening: startup() };
    }
  }
}

/** PostgreSQL's StartupMessage, protocol 3.0; it is read by the server like any request. */
function startup(): Uint8Array {
  const words = Buffer.from(`user\0${POSTGRES_USER}\0database\0postgres\0\0`, 'latin1');
  const head = Buffer.alloc(8);
  head.writeUInt32BE(head.length + words.length);
  head.writeUInt32BE(3 << 16, 4);
  return Buffer.concat([head, words]);
}

function template(before: string, after: string): RequestTemplate {
  return { opening: NOTHING, before: Buffer.from(before, 'latin1'), after: Buffer.from(after, 'latin1') };
}
