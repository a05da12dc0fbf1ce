/** An honest agent in the midst of it: the product's own uplink, which sends samples of known content for one study, and the books of what it
 * sent. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Uplink } from '../../../agent/uplink/stream.ts';
import { ControlClient } from '../../../controller/cli/client.ts';
import {
  type Assignment,
  bytesOf,
  decode,
  PROTOCOL_VERSION,
  type RecordBody,
  type StudyEnded,
} from '../../../proto/index.ts';
import { hello, request } from '../../helpers/plan.ts';
import { type ControllerProcess, TOKEN, within } from './process.ts';

const SAMPLES = 100;
const EVERY_MS = 40;

export interface HonestAgent {
  /** Ends its assignment and the study. @returns what the controller said, and what is stored beside what was sent */
  finish(): Promise<{ ended: StudyEnded; sent: number; stored: number; different: number }>;
  /** records that are sent and acknowledged */
  sent(): number;
  close(): void;
}

/** Starts a study of one fork on the controller and works on it until told to finish. */
export async function startHonestStudy(controller: ControllerProcess): Promise<HonestAgent> {
  const address = `127.0.0.1:${controller.port}`;
  const assigned = new Gate<Assignment>();
  const refusals: string[] = [];
  const uplink = new Uplink({
    controller: address,
    hello: hello({ agentId: 'honest', runId: 'honest-run', token: TOKEN, protocol: PROTOCOL_VERSION }),
    spoolPath: join(controller.dir, 'spool'),
    spoolLimitBytes: 2 ** 30,
    handlers: {
      assignment: (assignment) => assigned.open(assignment),
      cancel: () => undefined,
      broken: (reason) => refusals.push(`broken: ${reason}`),
      refused: (error) => refusals.push(error.message),
    },
  });
  uplink.connect();
  while ((await controller.listAgents(10_000)).agents.length === 0) await sleep(20);
  const client = new ControlClient(address, TOKEN);
  const wanted = request({ forks: 1, blocks: 1, requests: 60_000, outDir: join(controller.dir, 'results') });
  const ended = client.runStudy({ ...wanted, suts: ['java-hello'], sutsAsked: true }, () => undefined);
  ended.catch(() => undefined);
  const { studyId, assignmentId } = await within(10_000, assigned.opened, 'an assignment for the honest agent');
  let sent = 0;
  const timer = setInterval(() => {
    uplink.send({ studyId, assignmentId }, samples(sent));
    sent += 1;
  }, EVERY_MS);
  return {
    sent: () => sent,
    async finish() {
      clearInterval(timer);
      const end = { status: 'complete', code: '', message: '', nextStep: '', detail: '' };
      uplink.send({ studyId, assignmentId }, { body: 'end', end });
      const outcome = await within(60_000, ended, `the end of the study (${refusals.join('; ')})`);
      if (refusals.length > 0) throw new Error(`the honest agent was troubled: ${refusals.join('; ')}`);
      return { ended: outcome, sent, ...stored(outcome.dir) };
    },
    close() {
      clearInterval(timer);
      uplink.close();
      client.close();
    },
  };
}

class Gate<T> {
  open: (value: T) => void = () => undefined;
  readonly opened = new Promise<T>((resolve) => {
    this.open = resolve;
  });
}

/** the n-th record: its latencies follow from n */
function samples(n: number): RecordBody {
  const columns = { dtNs: ramp(0), latencyNs: ramp(n * SAMPLES) };
  const place = { sut: 'java-hello', condition: 'process', fork: 0, block: 0, step: 0 } as const;
  return {
    body: 'samples',
    samples: {
      place: { ...place, phase: 'measure', design: 'alternated', vantage: 'client' },
      t0Ns: BigInt(n) * 1_000_000n,
      n: SAMPLES,
      dtNs: bytesOf(columns.dtNs),
      latencyNs: bytesOf(columns.latencyNs),
      arm: Uint8Array.from({ length: SAMPLES }, (_, i) => i % 3),
      flags: new Uint8Array(SAMPLES),
    },
  };
}

function ramp(first: number): Uint32Array {
  return Uint32Array.from({ length: SAMPLES }, (_, i) => first + i + 1);
}

/** reads the segments by their documented layout: magic of 8 bytes, then u32 length, u32 crc32, payload */
function stored(dir: string): { stored: number; different: number } {
  let count = 0;
  let different = 0;
  for (const name of readdirSync(join(dir, 'samples'))) {
    const file = readFileSync(join(dir, 'samples', name));
    for (let at = 8; at < file.length; ) {
      const length = file.readUInt32LE(at);
      const record = decode('Record', file.subarray(at + 8, at + 8 + length));
      at += 8 + length;
      if (record.body !== 'samples') continue;
      const expected = samples(count);
      if (expected.body !== 'samples') continue;
      if (!Buffer.from(record.samples.latencyNs).equals(Buffer.from(expected.samples.latencyNs))) different += 1;
      count += 1;
    }
  }
  return { stored: count, different };
}
