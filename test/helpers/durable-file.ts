/** A store for tests: frames of u32 length and the bytes of a Record in one file, read again when it is opened. It shares no code with the product's. */

import { closeSync, fdatasync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { RecordTarget } from '../../controller/ingest/record-target.ts';
import { decode, type Hello, type MeasurementRecord } from '../../proto/index.ts';

interface Frame {
  readonly agentId: string;
  readonly runId: string;
  readonly record: MeasurementRecord;
}

/** @returns every whole frame of the file, and where the last one ends */
export function readDurableFile(path: string): { frames: Frame[]; end: number } {
  const bytes = readFileSync(path);
  const frames: Frame[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    const [nameBytes, recordBytes] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    const next = at + 8 + nameBytes + recordBytes;
    if (next > bytes.length) break;
    const [agentId = '', runId = ''] = bytes.toString('utf8', at + 8, at + 8 + nameBytes).split(' ');
    frames.push({ agentId, runId, record: decode('Record', bytes.subarray(at + 8 + nameBytes, next)) });
    at = next;
  }
  return { frames, end: at };
}

/** What a run of the process before had written is there still: a kill takes nothing that was written. */
export class DurableFile implements RecordTarget {
  readonly #fd: number;
  readonly #appended = new Map<string, number>();
  readonly #durable = new Map<string, number>();

  constructor(path: string) {
    this.#fd = openSync(path, 'a+');
    const { frames, end } = readDurableFile(path);
    ftruncateSync(this.#fd, end);
    for (const { agentId, runId, record } of frames) {
      this.#appended.set(`${agentId} ${runId}`, record.sequence);
      this.#durable.set(`${agentId} ${runId}`, record.sequence);
    }
  }

  append({ agentId, runId }: Hello, record: MeasurementRecord, encoded: Buffer): 'kept' {
    const name = Buffer.from(`${agentId} ${runId}`);
    const head = Buffer.alloc(8);
    head.writeUInt32LE(name.length, 0);
    head.writeUInt32LE(encoded.length, 4);
    const frame = Buffer.concat([head, name, encoded]);
    for (let done = 0; done < frame.length; ) done += writeSync(this.#fd, frame, done);
    this.#appended.set(`${agentId} ${runId}`, record.sequence);
    return 'kept';
  }

  async sync(): Promise<void> {
    const upTo = [...this.#appended];
    await new Promise<void>((resolve, reject) => {
      fdatasync(this.#fd, (error) => (error === null ? resolve() : reject(error)));
    });
    for (const [run, sequence] of upTo) this.#durable.set(run, sequence);
  }

  durable(agentId: string, runId: string): number {
    return this.#durable.get(`${agentId} ${runId}`) ?? 0;
  }

  close(): void {
    closeSync(this.#fd);
  }

  progress(): void {}

  gone(): void {}

  back(): void {}
}
