/** Messages to bytes and back: samples by sample-codec.ts, everything else with protobufjs. Unknown fields are passed over; what does not parse is a BenchError `bad-message`. */

import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { BenchError } from './errors.ts';
import type { MessageTypes } from './messages.ts';
import { decodeSamples, encodeSamples, type SampleRecord } from './sample-codec.ts';
import { type Bits64, bigintOfBits, bitsOfBigint, fitsUnsigned, safeNumber } from './units.ts';
import type { Allocate } from './writer.ts';

const PACKAGE = 'hookbench.v1';
const root = loadRoot();

/** Of a oneof the field that its tag names is written. @throws BenchError internal when a word of an enum is not known, or a number does not fit
 * @param allocate where samples are written; other messages get memory of their own */
export function encode<K extends keyof MessageTypes>(name: K, message: MessageTypes[K], allocate?: Allocate): Buffer {
  const record = samplesOf(name, message);
  return record === null ? encodeAny(name, message) : encodeSamples(record, name === 'AgentMessage', allocate);
}

/** @throws BenchError bad-message */
export function decode<K extends keyof MessageTypes>(name: K, bytes: Uint8Array): MessageTypes[K] {
  const samples = name === 'Record' ? decodeSamples(bytes) : null;
  return samples === null ? decodeAny(name, bytes) : (samples as MessageTypes[K]);
}

/** `encode` by reflection, whatever the message */
export function encodeAny<K extends keyof MessageTypes>(name: K, message: MessageTypes[K]): Buffer {
  const type = typeOf(name);
  const wire = toWire(type, message as unknown as Plain);
  return Buffer.from(type.encode(wire).finish());
}

/** `decode` by reflection, whatever the message */
export function decodeAny<K extends keyof MessageTypes>(name: K, bytes: Uint8Array): MessageTypes[K] {
  const type = typeOf(name);
  try {
    return fromWire(type, type.decode(bytes) as unknown as Plain) as unknown as MessageTypes[K];
  } catch (cause) {
    throw new BenchError(
      'bad-message',
      `${name} of ${bytes.byteLength} bytes can't be read: ${(cause as Error).message}`,
      {
        nextStep: 'check that both ends are the same version of hookbench',
        cause,
      },
    );
  }
}

/** every message type and service of the contract, for the tests that hold model.ts against the .proto files */
export function contract(): protobuf.Namespace {
  return root.lookup(PACKAGE) as protobuf.Namespace;
}

type Plain = { [field: string]: unknown };

const known = new Map<string, protobuf.Type>();

/** looking a type up by its name takes longer than encoding a small one */
function typeOf(name: keyof MessageTypes): protobuf.Type {
  const found = known.get(name) ?? root.lookupType(`${PACKAGE}.${name}`);
  known.set(name, found);
  return found;
}

function samplesOf<K extends keyof MessageTypes>(name: K, message: MessageTypes[K]): SampleRecord | null {
  if (name === 'Record') {
    const record = message as MessageTypes['Record'];
    return record.body === 'samples' ? record : null;
  }
  if (name !== 'AgentMessage') return null;
  const sent = message as MessageTypes['AgentMessage'];
  return sent.body === 'record' && sent.record.body === 'samples' ? sent.record : null;
}

function loadRoot(): protobuf.Root {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const loaded = new protobuf.Root();
  loaded.resolvePath = (_origin, target) => `${here}${target}`;
  loaded.loadSync(['measurement', 'agent', 'control'].map((file) => `hookbench/v1/${file}.proto`));
  return loaded.resolveAll() as protobuf.Root;
}

function toWire(type: protobuf.Type, message: Plain): Plain {
  const wire: Plain = {};
  for (const field of type.fieldsArray) {
    const value = message[field.name];
    if (value === undefined || (field.partOf !== null && message[field.partOf.name] !== field.name)) continue;
    wire[field.name] = field.repeated
      ? (value as unknown[]).map((v) => valueToWire(field, v))
      : valueToWire(field, value);
  }
  return wire;
}

function valueToWire(field: protobuf.Field, value: unknown): unknown {
  if (field.resolvedType instanceof protobuf.Type) return toWire(field.resolvedType, value as Plain);
  if (field.resolvedType instanceof protobuf.Enum) return enumNumber(field.resolvedType, value as string);
  if (typeof value === 'bigint') return bitsOfBigint(value);
  if ((field.type === 'uint32' || field.type === 'uint64') && !fitsUnsigned(value as number, field.type)) {
    throw new BenchError('internal', `${field.name} = ${value} does not fit ${field.type}`);
  }
  return value;
}

function fromWire(type: protobuf.Type, wire: Plain): Plain {
  const message: Plain = {};
  for (const field of type.fieldsArray) {
    const value = wire[field.name];
    // of a oneof with several fields on the wire only the last is there
    const present =
      Object.hasOwn(wire, field.name) && (field.partOf === null || wire[field.partOf.name] === field.name);
    if (field.repeated) message[field.name] = present ? (value as unknown[]).map((v) => valueFromWire(field, v)) : [];
    else if (present || (field.partOf === null && !(field.resolvedType instanceof protobuf.Type))) {
      message[field.name] = valueFromWire(field, value);
    }
    if (present && field.partOf !== null) message[field.partOf.name] = field.name;
  }
  return message;
}

function valueFromWire(field: protobuf.Field, value: unknown): unknown {
  if (field.resolvedType instanceof protobuf.Type) return fromWire(field.resolvedType, value as Plain);
  if (field.resolvedType instanceof protobuf.Enum) return enumWord(field.resolvedType, value as number);
  if (field.type === 'fixed64') return bigintOfBits(bitsOf(value));
  if (field.type === 'uint64') return safeNumber(bitsOf(value));
  if (field.type === 'bytes' && !(value instanceof Uint8Array)) return new Uint8Array(0);
  return value;
}

function bitsOf(value: unknown): Bits64 {
  return typeof value === 'number' ? bitsOfBigint(BigInt(value)) : (value as Bits64);
}

/** VANTAGE_CLIENT ↔ client */
function enumPrefix(type: protobuf.Enum): string {
  return `${type.name.replace(/(?<!^)([A-Z])/g, '_$1').toUpperCase()}_`;
}

function enumNumber(type: protobuf.Enum, word: string): number {
  const number = type.values[enumPrefix(type) + word.toUpperCase()];
  if (number === undefined) throw new BenchError('internal', `${word} is not a ${type.name}`);
  return number;
}

function enumWord(type: protobuf.Enum, number: number): string {
  const name = type.valuesById[number];
  if (name === undefined) throw new RangeError(`${number} is not a ${type.name}`);
  return name.slice(enumPrefix(type).length).toLowerCase();
}
