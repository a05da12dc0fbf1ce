/** Mutations that know the structure: what they make is mostly still a protobuf message, only not one that the contract allows. */

import type { Random } from '../../helpers/random.ts';
import { randomBytes } from './random-bytes.ts';
import { type Content, cloned, type Field, listsOf, serialize, tag, type WireType } from './tree.ts';

/** changes the fields in place */
type TreeMutation = (random: Random, fields: Field[], other: readonly Field[]) => void;

export const treeMutations: readonly (readonly [string, TreeMutation])[] = [
  ['field-twice', (random, fields) => inList(random, fields, (list, i) => list.push(list[i] as Field))],
  ['field-left-out', (random, fields) => inList(random, fields, (list, i) => list.splice(i, 1))],
  ['order', (random, fields) => inList(random, fields, (list) => list.reverse())],
  ['wire-type', (random, fields) => change(random, fields, (field) => otherWireType(random, field))],
  ['number', (random, fields) => change(random, fields, (field) => ({ ...field, number: oneOf(random, NUMBERS) }))],
  ['huge-number', (random, fields) => change(random, fields, (field) => withHuge(random, field))],
  [
    'endless-number',
    (random, fields) => change(random, fields, (field) => raw(field.number, 0, Buffer.alloc(11, 0xff))),
  ],
  ['odd-double', oddDouble],
  ['bad-text', (random, fields) => change(random, fields, (field) => withText(random, field))],
  ['length-lie', (random, fields) => change(random, fields, (field) => ({ ...field, lengthLie: oneOf(random, LIES) }))],
  ['unknown-field', unknownField],
  ['many', many],
  ['deep', deep],
  ['groups', groups],
  ['grown', (random, fields) => change(random, fields, (field) => resized(random, field))],
  ['foreign-part', foreignPart],
  ['foreign-message', (_random, fields, other) => void fields.splice(0, fields.length, ...cloned(other))],
  ['emptied', (random, fields) => inList(random, fields, (list) => list.splice(0))],
];

const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 100, 2 ** 19, 2 ** 29 - 1];
const HUGE = [
  0n,
  1n,
  127n,
  255n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const LIES = [-1_000_000, -7, -1, 1, 8, 1000, 2 ** 20, 2 ** 31 - 1, 2 ** 32, 2 ** 52];
const DOUBLES = [Number.NaN, Infinity, -Infinity, -1, -0, 1e308, 5e-324, 2 ** 53 + 2];
const TEXTS = [
  Buffer.from([0xff, 0xfe, 0xfd]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  Buffer.from([0xc0, 0xaf]),
  Buffer.from('\u0000'),
  Buffer.from('\u001b[2J\u0007'),
  Buffer.from('../../../../etc/passwd'),
  Buffer.from('__proto__'),
  Buffer.from('constructor'),
  Buffer.from('toString'),
  Buffer.from('\u202e\u2028'),
  Buffer.from('x'.repeat(20_000)),
  Buffer.from(''),
];
const MOST_REPEATED = 3000;
const MOST_DEPTH = 600;

function inList(random: Random, fields: Field[], act: (list: Field[], index: number) => void): void {
  const lists = listsOf(fields).filter((list) => list.length > 0);
  if (lists.length === 0) return;
  const list = oneOf(random, lists);
  act(list, Math.floor(random.uniform() * list.length));
}

function change(random: Random, fields: Field[], to: (field: Field) => Field): void {
  inList(random, fields, (list, i) => {
    list[i] = to(list[i] as Field);
  });
}

function otherWireType(random: Random, field: Field): Field {
  const wireType = oneOf<WireType>(random, [0, 1, 2, 3, 4, 5]);
  const bytes = bytesOf(field.content);
  if (wireType === 0)
    return { number: field.number, wireType, content: { kind: 'varint', value: oneOf(random, HUGE) } };
  return raw(field.number, wireType, wireType === 1 ? bytes.subarray(0, 8) : bytes);
}

function withHuge(random: Random, field: Field): Field {
  const value = oneOf(random, HUGE);
  if (field.wireType === 0) return { ...field, content: { kind: 'varint', value } };
  if (field.wireType !== 1) return field;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return raw(field.number, 1, bytes);
}

/** into a field of eight bytes, or a list of them (packed doubles) */
function oddDouble(random: Random, fields: Field[]): void {
  const odd = Buffer.alloc(8);
  odd.writeDoubleLE(oneOf(random, DOUBLES));
  const eights = listsOf(fields).flatMap((list) =>
    list.flatMap((field, i) => (isOfEights(field) ? [{ list, i, field }] : [])),
  );
  if (eights.length === 0) {
    unknownField(random, fields);
    return;
  }
  const { list, i, field } = oneOf(random, eights);
  const bytes = Buffer.from(bytesOf(field.content));
  odd.copy(bytes, 8 * Math.floor((random.uniform() * bytes.length) / 8));
  list[i] = { ...field, content: { kind: 'bytes', bytes } };
}

function isOfEights({ content }: Field): boolean {
  return content.kind === 'bytes' && content.bytes.length > 0 && content.bytes.length % 8 === 0;
}

function withText(random: Random, field: Field): Field {
  return field.wireType === 2 ? { ...field, content: { kind: 'bytes', bytes: oneOf(random, TEXTS) } } : field;
}

function unknownField(random: Random, fields: Field[]): void {
  inList(random, fields, (list, i) =>
    list.splice(i, 0, raw(20 + Math.floor(random.uniform() * 1000), 2, randomBytes(random, 40))),
  );
}

function many(random: Random, fields: Field[]): void {
  change(random, fields, (field) => {
    const one = serialize([field]);
    const most = Math.min(MOST_REPEATED, Math.ceil(200_000 / (one.length + 1)));
    return { ...field, verbatim: Buffer.alloc(one.length * (1 + Math.floor(random.uniform() * most)), one) };
  });
}

/** a field within itself, again and again */
function deep(random: Random, fields: Field[]): void {
  change(random, fields, (field) => {
    let content = field.content;
    const depth = Math.floor(random.uniform() * MOST_DEPTH);
    for (let i = 0; i < depth; i++) {
      content = { kind: 'bytes', bytes: serialize([{ number: field.number, wireType: 2, content }]) };
    }
    return { number: field.number, wireType: 2, content };
  });
}

/** groups are no longer in the language, and still in the wire format: unknown ones are skipped by recursion */
function groups(random: Random, fields: Field[]): void {
  const depth = 1 + Math.floor(random.uniform() * 20 * MOST_DEPTH);
  const open = Buffer.alloc(2 * depth, tag(99, 3));
  const close = Buffer.alloc(random.uniform() < 0.5 ? 2 * depth : 0, tag(99, 4));
  inList(random, fields, (list, i) => {
    list[i] = { ...(list[i] as Field), verbatim: Buffer.concat([open, close]) };
  });
}

function resized(random: Random, field: Field): Field {
  const bytes = bytesOf(field.content);
  const length = Math.floor(random.uniform() * (2 * bytes.length + 4));
  const resizedTo = Buffer.concat([bytes, bytes, Buffer.alloc(4, 0x41)]).subarray(0, length);
  return field.wireType === 2 ? raw(field.number, 2, resizedTo) : field;
}

function foreignPart(random: Random, fields: Field[], other: readonly Field[]): void {
  const parts = listsOf(cloned(other)).flat();
  if (parts.length > 0) change(random, fields, (field) => ({ ...oneOf(random, parts), number: field.number }));
}

function raw(number: number, wireType: WireType, bytes: Buffer): Field {
  return { number, wireType, content: { kind: 'bytes', bytes } };
}

function bytesOf(content: Content): Buffer {
  if (content.kind === 'bytes') return content.bytes;
  return content.kind === 'message' ? serialize(content.fields) : Buffer.alloc(8, Number(content.value & 0xffn));
}

function oneOf<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random.uniform() * items.length)] as T;
}
