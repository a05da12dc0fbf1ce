import { COUNTER_BYTES, type FRAME_KIND, HEADER_BYTES, MAGIC } from '../frame-payload.ts';
import type { TargetCounters } from '../types.ts';

type Kind = (typeof FRAME_KIND)[keyof typeof FRAME_KIND];
export type FrameFields = { kind: Kind; step: number; t0Ns?: bigint; samples?: number; payload: Uint8Array };

/** Writes one frame to stdout and waits until the pipe took it. */
export function writeFrame(f: FrameFields): Promise<void> {
  const frame = Buffer.alloc(HEADER_BYTES + f.payload.length);
  frame.writeUInt32LE(MAGIC, 0);
  frame.writeUInt16LE(f.kind, 4);
  frame.writeUInt32LE(f.step, 8);
  frame.writeUInt32LE(f.payload.length, 12);
  frame.writeBigUInt64LE(f.t0Ns ?? 0n, 16);
  frame.writeUInt32LE(f.samples ?? 0, 24);
  frame.set(f.payload, HEADER_BYTES);
  return new Promise((resolve) => process.stdout.write(frame, () => resolve()));
}

export function writeText(kind: Kind, step: number, text: string): Promise<void> {
  return writeFrame({ kind, step, payload: Buffer.from(text) });
}

export function writeCounters(kind: Kind, step: number, counters: readonly TargetCounters[]): Promise<void> {
  const payload = Buffer.alloc(counters.length * COUNTER_BYTES);
  counters.forEach((c, i) => {
    const at = i * COUNTER_BYTES;
    payload.writeUInt32LE(c.target, at);
    payload.writeUInt32LE(c.reconnects, at + 4);
    const sent = [c.requests, c.bytesSent, c.hitsSent, c.bytesReceived, c.units];
    const counts = [...sent, c.refused, c.served, c.leaked, c.denied];
    counts.forEach((count, k) => {
      payload.writeBigUInt64LE(BigInt(count), at + 8 + 8 * k);
    });
  });
  return writeFrame({ kind, step, payload });
}
