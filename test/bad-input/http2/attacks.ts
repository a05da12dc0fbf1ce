/** What a peer can do below gRPC. Each attack is the bytes of one connection, sent over and over for a while. */

import { random } from '../../helpers/random.ts';
import { randomBytes } from '../wire/random-bytes.ts';
import { CALL_FIELDS, END_HEADERS, END_STREAM, frame, headerBlock, PREFACE, settings, TYPES, u32 } from './frames.ts';

export interface Attack {
  readonly name: string;
  /** what one connection sends, piece after piece */
  readonly pieces: () => readonly Buffer[];
  /** stays open afterwards, and says nothing more */
  readonly lingers?: boolean;
}

const OPENED = Buffer.concat([PREFACE, settings()]);
const BLOCK = headerBlock(CALL_FIELDS);
const noise = random(2113);

const opening = (stream: number, flags = END_HEADERS) => frame(TYPES.headers, { flags, stream, body: BLOCK });
const many = (n: number, make: (i: number) => Buffer) => Buffer.concat(Array.from({ length: n }, (_, i) => make(i)));

export const ATTACKS: readonly Attack[] = [
  { name: 'nothing at all', pieces: () => [], lingers: true },
  { name: 'half a preface', pieces: () => [PREFACE.subarray(0, 10)], lingers: true },
  { name: 'HTTP/1.1', pieces: () => [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')] },
  { name: 'noise', pieces: () => [randomBytes(noise, 4096)] },
  { name: 'TLS where there is none', pieces: () => [Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])], lingers: true },
  { name: 'a preface and noise', pieces: () => [PREFACE, randomBytes(noise, 4096)] },
  { name: 'settings of an odd length', pieces: () => [PREFACE, frame(TYPES.settings, { body: Buffer.alloc(5) })] },
  {
    name: 'settings that are 16 MiB by their head',
    pieces: () => [PREFACE, frame(TYPES.settings, { length: 2 ** 24 - 1 })],
  },
  {
    name: 'very many settings',
    pieces: () => [PREFACE, settings(Array.from({ length: 2000 }, (_, i) => [i, i] as const))],
  },
  { name: 'settings again and again', pieces: () => [OPENED, many(20_000, () => settings())] },
  { name: 'pings', pieces: () => [OPENED, many(20_000, () => frame(TYPES.ping, { body: Buffer.alloc(8) }))] },
  {
    name: 'headers without end',
    pieces: () => [
      OPENED,
      opening(1, 0),
      many(4000, () => frame(TYPES.more, { stream: 1, body: headerBlock([['x', 'y'.repeat(100)]]) })),
    ],
  },
  {
    name: 'empty continuations without end',
    pieces: () => [OPENED, opening(1, 0), many(50_000, () => frame(TYPES.more, { stream: 1 }))],
  },
  {
    name: 'a header of 1 MB',
    pieces: () => [OPENED, opening(1, 0), ...many16(headerBlock([['x', 'y'.repeat(1_000_000)]]))],
  },
  {
    name: 'a header list that is no HPACK',
    pieces: () => [OPENED, frame(TYPES.headers, { flags: END_HEADERS, stream: 1, body: randomBytes(noise, 500) })],
  },
  {
    name: 'streams opened and reset',
    pieces: () => [
      OPENED,
      many(3000, (i) => Buffer.concat([opening(2 * i + 1), frame(TYPES.reset, { stream: 2 * i + 1, body: u32(8) })])),
    ],
  },
  { name: 'streams opened and left', pieces: () => [OPENED, many(3000, (i) => opening(2 * i + 1))], lingers: true },
  { name: 'a stream number that goes back', pieces: () => [OPENED, opening(9), opening(3)] },
  { name: 'an even stream number', pieces: () => [OPENED, opening(2)] },
  { name: 'data on no stream', pieces: () => [OPENED, frame(TYPES.data, { stream: 77, body: Buffer.alloc(100) })] },
  {
    name: 'a window past 2^31',
    pieces: () => [OPENED, opening(1), many(3, () => frame(TYPES.window, { stream: 1, body: u32(2 ** 31 - 1) }))],
  },
  {
    name: 'a window of nothing',
    pieces: () => [
      Buffer.concat([PREFACE, settings([[4, 0]])]),
      many(90, (i) =>
        Buffer.concat([
          opening(2 * i + 1),
          frame(TYPES.data, { stream: 2 * i + 1, flags: END_STREAM, body: Buffer.from([0, 0, 0, 0, 1, 0xff]) }),
        ]),
      ),
    ],
    lingers: true,
  },
  {
    name: 'a message of 4 GiB by its head',
    pieces: () => [OPENED, opening(1), frame(TYPES.data, { stream: 1, body: Buffer.from([0, 255, 255, 255, 255, 1]) })],
    lingers: true,
  },
  {
    name: 'a message that never comes',
    pieces: () => [OPENED, opening(1), frame(TYPES.data, { stream: 1, body: Buffer.from([0, 0, 0, 255, 255]) })],
    lingers: true,
  },
  {
    name: 'a compressed message that is none',
    pieces: () => [
      OPENED,
      gzipped(1),
      frame(TYPES.data, { stream: 1, flags: END_STREAM, body: Buffer.from([1, 0, 0, 0, 3, 1, 2, 3]) }),
    ],
  },
  {
    name: 'a push',
    pieces: () => [OPENED, frame(TYPES.push, { stream: 1, flags: END_HEADERS, body: Buffer.concat([u32(2), BLOCK]) })],
  },
  {
    name: 'a frame of no known type',
    pieces: () => [OPENED, many(1000, () => frame(200, { stream: 1, body: Buffer.alloc(64) }))],
  },
  {
    name: 'padding longer than the frame',
    pieces: () => [OPENED, opening(1), frame(TYPES.data, { flags: 8, stream: 1, body: Buffer.from([255, 1]) })],
  },
  { name: 'another service', pieces: () => [OPENED, otherPath('/x.Y/Z')] },
  { name: 'a path of 8,000 characters', pieces: () => [OPENED, otherPath(`/${'x'.repeat(8000)}`)] },
];

function otherPath(path: string): Buffer {
  const fields = CALL_FIELDS.map(([name, value]) => [name, name === ':path' ? path : value] as const);
  return frame(TYPES.headers, { flags: END_HEADERS | END_STREAM, stream: 1, body: headerBlock(fields) });
}

function gzipped(stream: number): Buffer {
  const body = headerBlock([...CALL_FIELDS, ['grpc-encoding', 'gzip']]);
  return frame(TYPES.headers, { flags: END_HEADERS, stream, body });
}

function many16(block: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < block.length; at += 16_000)
    frames.push(frame(TYPES.more, { stream: 1, body: block.subarray(at, at + 16_000) }));
  return frames;
}
