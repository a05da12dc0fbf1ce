/** HTTP requests from a seed, with keywords wherever a filter of the application looks, and wherever it can't. */

import type { Random } from '../../helpers/random.ts';

export interface MadeRequest {
  readonly target: Buffer;
  /** name and value, as they are sent */
  readonly headers: readonly (readonly [Buffer, Buffer])[];
  readonly body: Buffer | null;
  /** what is written, part by part, with a pause between */
  readonly writes: readonly Buffer[];
  /** what it is there for */
  readonly kinds: readonly string[];
}

const IN_TARGET = /^[\x21-\x7e]+$/;
const IN_VALUE = /^[\x21-\x7e\x80-\xff][\x20-\x7e\x80-\xff]*$/;
const IN_NAME = /^[A-Za-z-]+$/;
const LONG_BODY = 150_000;

export function requestsOf(keywords: readonly Buffer[], random: Random): { next(): MadeRequest } {
  const below = (n: number) => Math.floor(random.uniform() * n);
  const fitting = (pattern: RegExp) => keywords.filter((word) => pattern.test(word.toString('latin1')));
  const [forTarget, forValue, forName] = [IN_TARGET, IN_VALUE, IN_NAME].map(fitting) as [Buffer[], Buffer[], Buffer[]];
  const oneOf = (words: readonly Buffer[]) => words[below(words.length)] ?? Buffer.from('~');
  const filler = (most: number) => Buffer.alloc(below(most), '~');
  let turn = 0;

  function next(): MadeRequest {
    const kinds: string[] = [];
    const maybe = (share: number, kind: string) => {
      if (random.uniform() >= share) return false;
      kinds.push(kind);
      return true;
    };
    const target: Buffer[] = [Buffer.from('/'), filler(60)];
    if (maybe(0.3, 'target')) target.push(oneOf(forTarget), filler(20));
    const headers: [Buffer, Buffer][] = [[Buffer.from('Host'), Buffer.from('x')]];
    for (let i = below(6); i > 0; i--) headers.push([Buffer.from(`X-${i % 3}`), value(maybe(0.15, 'header value'))]);
    if (forName.length > 0 && maybe(0.1, 'header name')) headers.push([oneOf(forName), Buffer.from('v')]);
    if (maybe(0.1, 'cut between header values')) headers.push(...cutInTwo(oneOf(forValue)));
    if (maybe(0.05, 'long header'))
      headers.push([Buffer.from('Cookie'), Buffer.concat([Buffer.alloc(9000, '~'), oneOf(forValue)])]);
    const body = maybe(0.5, 'body') ? bodyOf(maybe) : null;
    const isChunked = body !== null && maybe(0.4, 'chunked body');
    if (isChunked) headers.push([Buffer.from('Transfer-Encoding'), Buffer.from('chunked')]);
    else if (body !== null) headers.push([Buffer.from('Content-LENGTH'), Buffer.from(String(body.length))]);
    const path = Buffer.concat(target);
    const sent = Buffer.concat([
      headOf(path, headers, body !== null),
      ...(body === null ? [] : isChunked ? chunked(body) : [body]),
    ]);
    const writes = maybe(0.3, 'in several parts') ? parts(sent) : [sent];
    return { target: path, headers, body, writes, kinds };
  }

  function value(withKeyword: boolean): Buffer {
    const inside = withKeyword
      ? [filler(30), oneOf(forValue), ...(below(2) === 0 ? [oneOf(forValue)] : [])]
      : [filler(40)];
    return Buffer.concat([Buffer.from('~'), ...inside, Buffer.from('~')]);
  }

  function cutInTwo(word: Buffer): [Buffer, Buffer][] {
    const at = Math.ceil(word.length / 2);
    const halves = [
      Buffer.concat([Buffer.from('~'), word.subarray(0, at)]),
      Buffer.concat([word.subarray(at), Buffer.from('~')]),
    ];
    // white space at the ends is no part of a value
    return halves.map((half) => [Buffer.from('X-Half'), Buffer.from(half.toString('latin1').trim(), 'latin1')]);
  }

  function bodyOf(maybe: (share: number, kind: string) => boolean): Buffer {
    if (maybe(0.1, 'empty body')) return Buffer.alloc(0);
    const word = maybe(0.6, 'keyword in the body') ? keywords[turn++ % keywords.length]! : Buffer.alloc(0);
    const length = maybe(0.05, 'long body') ? LONG_BODY : 300;
    return Buffer.concat([filler(length), word, filler(10), ...(below(3) === 0 ? [oneOf(keywords)] : [])]);
  }

  /** what lies in the framing is not the application's */
  function chunked(body: Buffer): Buffer[] {
    const chunks: Buffer[] = [];
    for (let at = 0; at < body.length; ) {
      const size = Math.min(body.length - at, 1 + below(body.length > 1000 ? 40_000 : 40));
      chunks.push(Buffer.from(`${size.toString(16)};x\r\n`), body.subarray(at, at + size), Buffer.from('\r\n'));
      at += size;
    }
    return [...chunks, Buffer.from('0\r\n\r\n')];
  }

  function parts(bytes: Buffer): Buffer[] {
    const cuts = [below(bytes.length), below(bytes.length)].sort((a, b) => a - b);
    return [bytes.subarray(0, cuts[0]), bytes.subarray(cuts[0], cuts[1]), bytes.subarray(cuts[1])].filter(
      ({ length }) => length > 0,
    );
  }

  return { next };
}

function headOf(target: Buffer, headers: readonly (readonly [Buffer, Buffer])[], hasBody: boolean): Buffer {
  const lines = headers.flatMap(([name, value]) => [name, Buffer.from(': '), value, Buffer.from('\r\n')]);
  const method = Buffer.from(hasBody ? 'POST ' : 'GET ');
  return Buffer.concat([method, target, Buffer.from(' HTTP/1.1\r\n'), ...lines, Buffer.from('\r\n')]);
}
