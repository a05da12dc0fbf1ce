/** Records of samples to bytes and back without reflection: nearly all that crosses the wire. It knows one form of such a record, the one that
 * is written here and by the codec (every field once, in order); whatever else is left to the codec. The .proto files stay the truth: tests hold
 * both codecs against each other. Time O(strings) a record; a column is copied once when it is written, and not at all when it is read. */

import { BenchError } from './errors.ts';
import type { MeasurementRecord, Place } from './measurement.ts';
import { BytesReader } from './reader.ts';
import { fitsUnsigned } from './units.ts';
import { type Allocate, BytesWriter, varintLength } from './writer.ts';

export type SampleRecord = MeasurementRecord & { body: 'samples' };

const PHASES = ['unspecified', 'warmup', 'measure', 'census', 'void', 'bystander'] as const;
const DESIGNS = ['unspecified', 'alternated', 'sliced'] as const;
const VANTAGES = ['unspecified', 'client', 'caller', 'interposer', 'kernel'] as const;

/** tag of the field `record` of an AgentMessage */
export const RECORD_TAG = 0x12;
const TAGS = {
  record: { sequence: 0x08, studyId: 0x12, assignmentId: 0x1a, samples: 0x22 },
  samples: { place: 0x0a, t0Ns: 0x11, n: 0x18, dtNs: 0x22, latencyNs: 0x2a, arm: 0x32, flags: 0x3a },
  place: { sut: 0x0a, condition: 0x12, fork: 0x18, block: 0x20, step: 0x28, phase: 0x30, design: 0x38, vantage: 0x40 },
} as const;

/** @param wrapped as an AgentMessage, else as the bare Record
 * @param allocate where it is written, e.g. memory that is used again
 * @throws BenchError internal when a word of an enum is not known, or a number does not fit */
export function encodeSamples(record: SampleRecord, wrapped: boolean, allocate: Allocate = Buffer.allocUnsafe): Buffer {
  const { sequence, studyId, assignmentId, samples } = record;
  const { place, t0Ns, n, dtNs, latencyNs, arm, flags } = samples;
  checkUint('sequence', sequence, 'uint64');
  checkUint('n', n, 'uint32');
  const placeBytes = lengthOfPlace(place);
  const samplesBytes =
    nested(placeBytes) +
    9 +
    1 +
    varintLength(n) +
    nested(dtNs.length) +
    nested(latencyNs.length) +
    nested(arm.length) +
    nested(flags.length);
  const [studyBytes, assignmentBytes] = [Buffer.byteLength(studyId), Buffer.byteLength(assignmentId)];
  const recordBytes = 1 + varintLength(sequence) + nested(studyBytes) + nested(assignmentBytes) + nested(samplesBytes);
  const to = new BytesWriter(wrapped ? nested(recordBytes) : recordBytes, allocate);
  if (wrapped) to.head(RECORD_TAG, recordBytes);
  to.uint(TAGS.record.sequence, sequence);
  to.text(TAGS.record.studyId, studyId, studyBytes);
  to.text(TAGS.record.assignmentId, assignmentId, assignmentBytes);
  to.head(TAGS.record.samples, samplesBytes);
  to.head(TAGS.samples.place, placeBytes);
  writePlace(to, place);
  to.fixed64(TAGS.samples.t0Ns, t0Ns);
  to.uint(TAGS.samples.n, n);
  to.bytes(TAGS.samples.dtNs, dtNs);
  to.bytes(TAGS.samples.latencyNs, latencyNs);
  to.bytes(TAGS.samples.arm, arm);
  to.bytes(TAGS.samples.flags, flags);
  return to.buffer;
}

/** @param bytes a bare Record
 * @returns the record, its columns views of `bytes`; null when it is not of samples, or not in the one form known here */
export function decodeSamples(bytes: Uint8Array): SampleRecord | null {
  const from = new BytesReader(bytes);
  const sequence = from.uint(TAGS.record.sequence, Number.MAX_SAFE_INTEGER);
  const studyId = from.text(TAGS.record.studyId);
  const assignmentId = from.text(TAGS.record.assignmentId);
  from.head(TAGS.record.samples, bytes.length);
  const placeEnd = from.head(TAGS.samples.place, null);
  if (from.failed) return null;
  const place = readPlace(from);
  if (place === null || from.at !== placeEnd) return null;
  const t0Ns = from.fixed64(TAGS.samples.t0Ns);
  const n = from.uint(TAGS.samples.n, 0xffff_ffff);
  const dtNs = from.bytes(TAGS.samples.dtNs);
  const latencyNs = from.bytes(TAGS.samples.latencyNs);
  const arm = from.bytes(TAGS.samples.arm);
  const flags = from.bytes(TAGS.samples.flags);
  if (from.failed || from.at !== bytes.length) return null;
  return {
    sequence,
    studyId,
    assignmentId,
    body: 'samples',
    samples: { place, t0Ns, n, dtNs, latencyNs, arm, flags },
  };
}

function lengthOfPlace(place: Place): number {
  const { sut, condition, fork, block, step } = place;
  for (const [name, value] of [['fork', fork] as const, ['block', block] as const, ['step', step] as const]) {
    checkUint(name, value, 'uint32');
  }
  const numbers = varintLength(fork) + varintLength(block) + varintLength(step);
  // three numbers and three enums (one byte each), with a tag each
  return nested(Buffer.byteLength(sut)) + nested(Buffer.byteLength(condition)) + 3 + numbers + 6;
}

function writePlace(to: BytesWriter, place: Place): void {
  to.text(TAGS.place.sut, place.sut, Buffer.byteLength(place.sut));
  to.text(TAGS.place.condition, place.condition, Buffer.byteLength(place.condition));
  to.uint(TAGS.place.fork, place.fork);
  to.uint(TAGS.place.block, place.block);
  to.uint(TAGS.place.step, place.step);
  to.uint(TAGS.place.phase, numberOf(PHASES, place.phase, 'Phase'));
  to.uint(TAGS.place.design, numberOf(DESIGNS, place.design, 'Design'));
  to.uint(TAGS.place.vantage, numberOf(VANTAGES, place.vantage, 'Vantage'));
}

function readPlace(from: BytesReader): Place | null {
  const sut = from.text(TAGS.place.sut);
  const condition = from.text(TAGS.place.condition);
  const fork = from.uint(TAGS.place.fork, 0xffff_ffff);
  const block = from.uint(TAGS.place.block, 0xffff_ffff);
  const step = from.uint(TAGS.place.step, 0xffff_ffff);
  const phase = PHASES[from.uint(TAGS.place.phase, 127)];
  const design = DESIGNS[from.uint(TAGS.place.design, 127)];
  const vantage = VANTAGES[from.uint(TAGS.place.vantage, 127)];
  if (from.failed || phase === undefined || design === undefined || vantage === undefined) return null;
  return { sut, condition, fork, block, step, phase, design, vantage };
}

/** of a field with a length: tag, length, content */
function nested(bytes: number): number {
  return 1 + varintLength(bytes) + bytes;
}

function numberOf(words: readonly string[], word: string, name: string): number {
  const number = words.indexOf(word);
  if (number < 0) throw new BenchError('internal', `${word} is not a ${name}`);
  return number;
}

function checkUint(name: string, value: number, type: 'uint32' | 'uint64'): void {
  if (!fitsUnsigned(value, type)) throw new BenchError('internal', `${name} = ${value} does not fit ${type}`);
}
