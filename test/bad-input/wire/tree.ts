/** A protobuf message as a tree of its fields, so that it can be bent where its structure is. Shares no code with the product's codec but
 * the field types of the contract, which say what is a message within a message. Wire format: https://protobuf.dev/programming-guides/encoding */

import type { Namespace, Type } from 'protobufjs';
import { contract } from '../../../proto/index.ts';

export type WireType = 0 | 1 | 2 | 3 | 4 | 5;

/** What a field holds: a varint, bytes (also of fixed width), or the fields of a message. */
export type Content =
  | { readonly kind: 'varint'; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'message'; readonly fields: Field[] };

export interface Field {
  readonly number: number;
  readonly wireType: WireType;
  readonly content: Content;
  /** added to the length that is written, so that it says something untrue */
  readonly lengthLie?: number;
  /** written as it is instead of tag and content */
  readonly verbatim?: Buffer;
}

const root: Namespace = contract();

/** @throws Error when the bytes are no message: only what the product itself encoded is taken apart here */
export function parse(typeName: string, bytes: Buffer): Field[] {
  return fieldsOf(root.lookupType(typeName), bytes);
}

export function serialize(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(bytesOfField));
}

/** Copies the lists of fields, so that they may be changed; contents are never changed in place. */
export function cloned(fields: readonly Field[]): Field[] {
  return fields.map((field) =>
    field.content.kind === 'message'
      ? { ...field, content: { kind: 'message', fields: cloned(field.content.fields) } }
      : field,
  );
}

/** every list of fields in the tree, the outermost first */
export function listsOf(fields: Field[]): Field[][] {
  return [fields, ...fields.flatMap(({ content }) => (content.kind === 'message' ? listsOf(content.fields) : []))];
}

export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, value);
  while (left > 0x7fn) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  bytes.push(Number(left));
  return Buffer.from(bytes);
}

export function tag(number: number, wireType: WireType): Buffer {
  return varint((BigInt(number) << 3n) | BigInt(wireType));
}

function bytesOfField({ number, wireType, content, lengthLie = 0, verbatim }: Field): Buffer {
  if (verbatim !== undefined) return verbatim;
  const head = tag(number, wireType);
  if (content.kind === 'varint') return Buffer.concat([head, varint(content.value)]);
  const body = content.kind === 'bytes' ? content.bytes : serialize(content.fields);
  if (wireType !== 2) return Buffer.concat([head, body]);
  return Buffer.concat([head, varint(BigInt(Math.max(0, body.length + lengthLie))), body]);
}

function fieldsOf(type: Type | null, bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const number = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('cut off within a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error('a number without end');
  };
  const take = (length: number) => {
    if (at + length > bytes.length) throw new Error('cut off within a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = number();
    const id = Number(key >> 3n);
    const wireType = Number(key & 7n) as WireType;
    if (wireType === 0) fields.push({ number: id, wireType, content: { kind: 'varint', value: number() } });
    else if (wireType === 1 || wireType === 5)
      fields.push({ number: id, wireType, content: { kind: 'bytes', bytes: take(wireType === 1 ? 8 : 4) } });
    else if (wireType === 2) {
      const body = take(Number(number()));
      const inner = messageType(type, id);
      const content: Content =
        inner === null ? { kind: 'bytes', bytes: body } : { kind: 'message', fields: fieldsOf(inner, body) };
      fields.push({ number: id, wireType, content });
    } else throw new Error(`wire type ${wireType}`);
  }
  return fields;
}

function messageType(type: Type | null, id: number): Type | null {
  const found = type?.fieldsById[id]?.resolve().resolvedType;
  return found != null && 'fieldsById' in found ? (found as Type) : null;
}
