/** What recovery must know of a stored record, read from its bytes without decoding its columns: ten times as fast. */

import type { Namespace } from 'protobufjs';
import { BenchError, contract, type RecordBody } from '#proto';

export interface RecordHead {
  /** 1 and up within a run of an agent; 0 for a record of the controller's own */
  readonly sequence: number;
  /** null for a kind of record that this version does not know */
  readonly body: RecordBody['body'] | null;
  /** latencies in it; 0 where it is no record of samples */
  readonly samples: number;
}

const { sequenceId, samplesId, countId, bodies } = fieldNumbers(contract());

/** @throws BenchError bad-message when the bytes are no protobuf message with a sequence */
export function recordHead(payload: Uint8Array): RecordHead {
  let sequence = -1;
  let body: RecordHead['body'] = null;
  let samples = 0;
  eachField(payload, 0, payload.length, (field) => {
    if (field.number === sequenceId) sequence = field.value;
    const name = bodies.get(field.number);
    if (name === undefined) return;
    body = name;
    samples = field.number === samplesId ? countIn(payload, field) : 0;
  });
  if (sequence < 0) throw damaged('no sequence');
  return { sequence, body, samples };
}

function countIn(payload: Uint8Array, { from, to }: Field): number {
  let n = 0;
  eachField(payload, from, to, (field) => {
    if (field.number === countId) n = field.value;
  });
  return n;
}

interface Field {
  readonly number: number;
  /** of a varint */
  readonly value: number;
  /** bytes of a field with a length */
  readonly from: number;
  readonly to: number;
}

/** Protocol buffers' wire types: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
 * Source: https://protobuf.dev/programming-guides/encoding */
function eachField(bytes: Uint8Array, from: number, to: number, onField: (field: Field) => void): void {
  let at = from;
  while (at < to) {
    const tag = varint(bytes, at, to);
    const number = Math.floor(tag.value / 8);
    const type = tag.value % 8;
    if (type === 0) {
      const { value, next } = varint(bytes, tag.next, to);
      onField({ number, value, from: tag.next, to: next });
      at = next;
    } else if (type === 2) {
      const { value, next } = varint(bytes, tag.next, to);
      at = next + value;
      if (at > to) throw damaged('a field that reaches past its end');
      onField({ number, value: 0, from: next, to: at });
    } else if (type === 1 || type === 5) at = tag.next + (type === 1 ? 8 : 4);
    else throw damaged(`wire type ${type}`);
  }
  if (at !== to) throw damaged('a field that reaches past its end');
}

/** exact up to 2^53 */
function varint(bytes: Uint8Array, at: number, to: number): { value: number; next: number } {
  let value = 0;
  for (let i = 0; i < 10 && at + i < to; i++) {
    const byte = bytes[at + i] as number;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  throw damaged('a number without end');
}

function damaged(what: string): BenchError {
  return new BenchError('bad-message', `a stored record with ${what}`);
}

/** the .proto files stay the only place where fields have numbers */
function fieldNumbers(root: Namespace) {
  const record = root.lookupType('Record');
  const id = (name: string) => record.fields[name]?.id ?? 0;
  const names = record.oneofs.body?.fieldsArray ?? [];
  return {
    sequenceId: id('sequence'),
    samplesId: id('samples'),
    countId: root.lookupType('Samples').fields.n?.id ?? 0,
    bodies: new Map(names.map((field) => [field.id, field.name as RecordBody['body']])),
  };
}
