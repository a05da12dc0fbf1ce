/** A controller's end of the stream for tests, and a TCP proxy that cuts connections at seeded points. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect as dial, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, credentials, Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { Uplink, type UplinkHandlers } from '../../../agent/uplink/stream.ts';
import { Agents, type RecordTarget } from '../../../controller/ingest/agents.ts';
import {
  AGENT_STREAM,
  type AgentMessage,
  bytesOf,
  CHANNEL_OPTIONS,
  type ControllerMessage,
  type Hello,
  type MeasurementRecord,
  type RecordBody,
} from '../../../proto/index.ts';
import { random } from '../../helpers/random.ts';

export const IDS = { studyId: 'study', assignmentId: 'study/agent/process/0' };

export const hello = (o: Partial<Hello> = {}): Hello => ({
  protocol: 1,
  agentId: 'agent',
  runId: 'run',
  version: '0.1.0',
  host: {
    hostname: 'host',
    kernel: '6.1',
    os: 'Linux',
    cpu: 'cpu',
    cores: 2,
    virtualization: 'none',
    memoryBytes: 2 ** 40,
    libc: 'glibc',
    node: 'v20',
    java: 'absent',
    bpftrace: 'absent',
    load: 'load',
    pinning: 'none',
  },
  mechanisms: [],
  suts: [],
  conditions: [],
  token: 'secret',
  ...o,
});

/** n samples whose latencies count up from `first` */
export function samples(n: number, first: number): RecordBody {
  const column = bytesOf(Uint32Array.from({ length: n }, (_, i) => first + i));
  const place = { sut: 'node-hello', condition: 'process', fork: 0, block: 0, step: 0 } as const;
  return {
    body: 'samples',
    samples: {
      place: { ...place, phase: 'measure', design: 'alternated', vantage: 'client' },
      t0Ns: 2n ** 60n,
      n,
      dtNs: column,
      latencyNs: column,
      arm: new Uint8Array(n),
      flags: new Uint8Array(n),
    },
  };
}

/** Keeps what arrives; `gate` holds every sync until it is opened. */
export class Target implements RecordTarget {
  readonly records: MeasurementRecord[] = [];
  syncs = 0;
  durable = 0;
  failingSyncs = 0;
  gate: Promise<void> = Promise.resolve();

  append(_agent: Hello, record: MeasurementRecord): void {
    this.records.push(record);
  }

  async sync(): Promise<void> {
    this.syncs += 1;
    const upTo = this.records.length;
    await this.gate;
    if (this.failingSyncs-- > 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    this.durable = Math.max(this.durable, upTo);
  }

  progress(): void {}

  gone(): void {}

  back(): void {}
}

export interface Controller {
  readonly port: number;
  readonly agents: Agents;
  readonly log: string[];
  stop(): void;
}

/** the server as controller/main.ts makes it */
export async function startController(target: RecordTarget | null, port = 0): Promise<Controller> {
  const log: string[] = [];
  const agents = new Agents({ token: 'secret', log: (line) => log.push(line) });
  agents.target = target;
  const server = await serve({ connect: agents.connect } as UntypedServiceImplementation, port);
  return { ...server, agents, log };
}

export async function serve(
  implementation: UntypedServiceImplementation,
  port = 0,
): Promise<{ port: number; stop(): void }> {
  const server = new Server(CHANNEL_OPTIONS);
  server.addService(AGENT_STREAM, implementation);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
      error === null ? resolve(at) : reject(error),
    );
  });
  return { port: bound, stop: () => server.forceShutdown() };
}

export interface Proxy {
  readonly port: number;
  readonly cuts: () => number;
  /** ends every connection under way, now */
  cutAll(): void;
  close(): void;
}

/** Each of the first `cuts` connections is cut, in the middle of whatever goes through, after a random number of bytes. */
export async function cuttingProxy(
  to: number,
  o: { seed: number; cuts: number; bytes: [number, number] },
): Promise<Proxy> {
  const { uniform } = random(o.seed);
  const open = new Set<Socket>();
  let cuts = 0;
  const server = createServer((near) => {
    const far = dial(to, '127.0.0.1');
    const [least, most] = o.bytes;
    let left = cuts < o.cuts ? Math.floor(least * (most / least) ** uniform()) : Number.POSITIVE_INFINITY;
    const cut = () => {
      for (const socket of [near, far]) {
        socket.destroy();
        open.delete(socket);
      }
    };
    const pass = (to: Socket) => (chunk: Buffer) => {
      if (left <= 0) return;
      to.write(chunk.subarray(0, Math.min(left, chunk.length)));
      left -= chunk.length;
      if (left > 0) return;
      cuts += 1;
      setImmediate(cut);
    };
    near.on('data', pass(far));
    far.on('data', pass(near));
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', cut).on('close', cut);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    cuts: () => cuts,
    cutAll,
    close: () => {
      server.close();
      cutAll();
    },
  };
}

export interface Seen {
  readonly broken: string[];
  readonly refused: string[];
  readonly assigned: string[];
}

export function uplinkTo(port: number, o: { hello?: Partial<Hello>; spoolLimitBytes?: number } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-uplink-'));
  const seen: Seen = { broken: [], refused: [], assigned: [] };
  const handlers: UplinkHandlers = {
    assignment: (assignment) => seen.assigned.push(assignment.assignmentId),
    cancel: () => undefined,
    broken: (reason) => seen.broken.push(reason),
    refused: (error) => seen.refused.push(error.message),
  };
  const uplink = new Uplink({
    controller: `127.0.0.1:${port}`,
    hello: hello(o.hello),
    handlers,
    spoolPath: join(dir, 'spool'),
    spoolLimitBytes: o.spoolLimitBytes ?? 2 ** 30,
  });
  const close = () => {
    uplink.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { uplink, seen, close };
}

/** @throws Error when it has not come true in time */
export async function until(what: string, holds: () => boolean, timeoutMs = 5000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(5);
  }
}

/** runs the closers in reverse order, whatever happens */
export async function withClosers(work: (later: (close: () => void) => void) => Promise<void>): Promise<void> {
  const closers: (() => void)[] = [];
  try {
    await work((close) => closers.push(close));
  } finally {
    for (const close of closers.reverse()) close();
  }
}

/** A call by hand. @returns what came back and how the call ended, as far as it has */
export function call(port: number, messages: readonly AgentMessage[]) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = AGENT_STREAM.connect;
  const duplex = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  const got: ControllerMessage[] = [];
  const ended: { code: number; details: string }[] = [];
  duplex.on('data', (message: ControllerMessage) => got.push(message));
  duplex.on('error', () => undefined);
  duplex.on('status', ({ code, details }) => ended.push({ code, details }));
  for (const message of messages) duplex.write(message);
  return { got, ended, write: (message: AgentMessage) => duplex.write(message), close: () => duplex.cancel() };
}
