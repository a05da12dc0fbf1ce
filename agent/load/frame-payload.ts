import { MAX_SAMPLES_PER_FRAME, MAX_TARGETS, type SampleFrame, type TargetCounters } from './types.ts';

/** "HBL1" */
export const MAGIC = 0x314c4248;
export const HEADER_BYTES = 32;
export const FRAME_KIND = { ready: 1, samples: 2, done: 3, error: 4, partial: 5 } as const;
export const SAMPLE_BYTES = 10;
export const COUNTER_BYTES = 80;
export const MAX_TEXT_BYTES = 4096;

/** `done`: the run's counters; `partial`: those of a run that an `error` frame is about to end. */
export type DoneFrame = { kind: 'done' | 'partial'; step: number; counters: TargetCounters[] };
export type ErrorFrame = { kind: 'error'; step: number; text: string };
export type GeneratorFrame =
  | { kind: 'ready'; text: string }
  | { kind: 'samples'; samples: SampleFrame }
  | DoneFrame
  | ErrorFrame;

export type Header = {
  headerBytes: number;
  kind: keyof typeof FRAME_KIND;
  step: number;
  payloadBytes: number;
  t0Ns: bigint;
  samples: number;
};

const KINDS = Object.keys(FRAME_KIND) as (keyof typeof FRAME_KIND)[];

/** @returns null while the header is incomplete @throws Error when it is not one; its magic is checked as soon as its 4 bytes are there */
export function readHeader(bytes: Uint8Array, at: number): Header | null {
  if (bytes.length - at < 4) return null;
  const view = viewOf(bytes, at);
  if (view.getUint32(0, true) !== MAGIC)
    throw new Error(`no frame starts here (0x${view.getUint32(0, true).toString(16)})`);
  if (bytes.length - at < HEADER_BYTES) return null;
  const kind = KINDS.find((name) => FRAME_KIND[name] === view.getUint16(4, true));
  if (kind === undefined) throw new Error(`frame kind ${view.getUint16(4, true)} is unknown`);
  if (view.getUint16(6, true) !== 0 || view.getUint32(28, true) !== 0) throw new Error('reserved bytes are not 0');
  const header = {
    headerBytes: HEADER_BYTES,
    kind,
    step: view.getUint32(8, true),
    payloadBytes: view.getUint32(12, true),
    t0Ns: view.getBigUint64(16, true),
    samples: view.getUint32(24, true),
  };
  checkLengths(header);
  return header;
}

/** @param payload exactly the frame's payload, copied out of @throws Error when its contents make no sense */
export function decodePayload(header: Header, payload: Uint8Array): GeneratorFrame {
  switch (header.kind) {
    case 'ready':
      return { kind: 'ready', text: textOf(payload) };
    case 'error':
      return { kind: 'error', step: header.step, text: textOf(payload) };
    case 'samples':
      return { kind: 'samples', samples: samplesOf(header, payload) };
    case 'done':
    case 'partial':
      return { kind: header.kind, step: header.step, counters: countersOf(payload) };
  }
}

function checkLengths(h: Header): void {
  if (h.kind === 'samples') {
    if (h.samples < 1 || h.samples > MAX_SAMPLES_PER_FRAME) throw new Error(`${h.samples} samples in a frame`);
    if (h.payloadBytes !== h.samples * SAMPLE_BYTES)
      throw new Error(`${h.payloadBytes} bytes for ${h.samples} samples`);
    return;
  }
  if (h.samples !== 0 || h.t0Ns !== 0n) throw new Error(`a ${h.kind} frame that claims samples`);
  if (h.kind === 'done' || h.kind === 'partial') {
    const fits = h.payloadBytes % COUNTER_BYTES === 0 && h.payloadBytes <= MAX_TARGETS * COUNTER_BYTES;
    if (!fits) throw new Error(`${h.payloadBytes} bytes of counters`);
  } else if (h.payloadBytes > MAX_TEXT_BYTES) {
    throw new Error(`${h.payloadBytes} bytes of text`);
  }
}

function samplesOf(header: Header, payload: Uint8Array): SampleFrame {
  const n = header.samples;
  const frame = {
    step: header.step,
    t0Ns: header.t0Ns,
    dtNs: u32Column(payload, 0, n),
    latencyNs: u32Column(payload, 4 * n, n),
    target: new Uint8Array(payload.subarray(8 * n, 9 * n)),
    flags: new Uint8Array(payload.subarray(9 * n, 10 * n)),
  };
  if (frame.target.some((id) => id >= MAX_TARGETS)) throw new Error('a sample of a target above 63');
  if (frame.flags.some((flags) => flags > 3)) throw new Error('a sample with unknown flags');
  return frame;
}

function countersOf(payload: Uint8Array): TargetCounters[] {
  const view = viewOf(payload, 0);
  const counters: TargetCounters[] = [];
  for (let at = 0; at < payload.length; at += COUNTER_BYTES) {
    const target = view.getUint32(at, true);
    if (target >= MAX_TARGETS) throw new Error(`counters of target ${target}`);
    counters.push({
      target,
      reconnects: view.getUint32(at + 4, true),
      requests: countOf(view, at + 8),
      bytesSent: countOf(view, at + 16),
      hitsSent: countOf(view, at + 24),
      bytesReceived: countOf(view, at + 32),
      units: countOf(view, at + 40),
      refused: countOf(view, at + 48),
      served: countOf(view, at + 56),
      leaked: countOf(view, at + 64),
      denied: countOf(view, at + 72),
    });
  }
  return counters;
}

function countOf(view: DataView, at: number): number {
  const count = view.getBigUint64(at, true);
  if (count > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(`count ${count} is above 2^53−1`);
  return Number(count);
}

/** Read through DataView: the payload may start at any offset, and the byte order is the protocol's. */
function u32Column(payload: Uint8Array, at: number, n: number): Uint32Array {
  const view = viewOf(payload, at);
  const column = new Uint32Array(n);
  for (let i = 0; i < n; i++) column[i] = view.getUint32(4 * i, true);
  return column;
}

function textOf(payload: Uint8Array): string {
  return new TextDecoder().decode(payload);
}

function viewOf(bytes: Uint8Array, at: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + at, bytes.byteLength - at);
}
