/** Both ends of the stream for tests, over real gRPC on loopback. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ChannelOptions,
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { UplinkHandlers, UplinkOptions } from '../../../agent/uplink/options.ts';
import { Uplink } from '../../../agent/uplink/stream.ts';
import { Agents, type AgentsOptions } from '../../../controller/ingest/agents.ts';
import type { RecordTarget } from '../../../controller/ingest/record-target.ts';
import {
  AGENT_STREAM,
  type AgentMessage,
  bytesOf,
  type ControllerMessage,
  type Hello,
  type MeasurementRecord,
  PROTOCOL_VERSION,
  type ReceivedMessage,
  type RecordBody,
  readAgentMessage,
  SERVER_OPTIONS,
  type Welcome,
} from '../../../proto/index.ts';

export const IDS = { studyId: 'study', assignmentId: 'study/agent/process/0' };

export const hello = (o: Partial<Hello> = {}): Hello => ({
  protocol: PROTOCOL_VERSION,
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
  ackedSequence: 0,
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

export const welcome = (o: Partial<Welcome> = {}): Welcome => ({
  ...{ durableSequence: 0, credits: 32, protocol: PROTOCOL_VERSION, version: '0.1.0' },
  ...{ creditBytes: 2 ** 22, controllerRun: 'c', discardedSamples: 0 },
  ...o,
});

/** Keeps what arrives; `gate` holds every sync until it is opened. A sync that failed fails for good, like that of a store. */
export class Target implements RecordTarget {
  readonly records: MeasurementRecord[] = [];
  readonly encoded: Buffer[] = [];
  readonly #durable = new Map<string, number>();
  readonly #appended = new Map<string, number>();
  readonly gone: RecordTarget['gone'] = (agent, reason) => void this.left.push(`${agent.agentId}: ${reason}`);
  readonly left: string[] = [];
  syncs = 0;
  durableRecords = 0;
  failing: Error | null = null;
  keeps: (record: MeasurementRecord) => boolean = () => true;
  gate: Promise<void> = Promise.resolve();

  append(agent: Hello, record: MeasurementRecord, encoded: Buffer): 'kept' | 'not-kept' {
    if (!this.keeps(record)) return 'not-kept';
    this.records.push(record);
    this.encoded.push(encoded);
    this.#appended.set(`${agent.agentId} ${agent.runId}`, record.sequence);
    return 'kept';
  }

  async sync(): Promise<void> {
    this.syncs += 1;
    const [upTo, count] = [[...this.#appended], this.records.length];
    await this.gate;
    if (this.failing !== null) throw this.failing;
    for (const [run, sequence] of upTo) this.#durable.set(run, sequence);
    this.durableRecords = Math.max(this.durableRecords, count);
  }

  durable(agentId: string, runId: string): number {
    return this.#durable.get(`${agentId} ${runId}`) ?? 0;
  }

  progress(): void {}

  back(): void {}
}

export interface Controller {
  readonly port: number;
  readonly agents: Agents;
  readonly log: string[];
  stop(): void;
}

/** the server as controller/main.ts makes it */
export async function startController(
  target: RecordTarget | null,
  o: { port?: number; server?: ChannelOptions; agents?: Partial<AgentsOptions> } = {},
): Promise<Controller> {
  const log: string[] = [];
  const agents = new Agents({ token: 'secret', log: (line) => log.push(line), ...o.agents });
  agents.target = target;
  const server = await serve({ connect: agents.connect } as UntypedServiceImplementation, o);
  return { ...server, agents, log };
}

export async function serve(
  implementation: UntypedServiceImplementation,
  o: { port?: number; server?: ChannelOptions } = {},
): Promise<{ port: number; stop(): void }> {
  const server = new Server({ ...SERVER_OPTIONS, ...o.server });
  server.addService(AGENT_STREAM, implementation);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${o.port ?? 0}`, ServerCredentials.createInsecure(), (error, at) =>
      error === null ? resolve(at) : reject(error),
    );
  });
  return { port: bound, stop: () => server.forceShutdown() };
}

type Duplex = ServerDuplexStream<Buffer, ControllerMessage>;

/** a controller made by hand: `each` answers what comes */
export function serveBy(
  each: (duplex: Duplex, message: ReceivedMessage) => void,
  o: { port?: number } = {},
): Promise<{ port: number; stop(): void }> {
  const connect = (duplex: Duplex) => {
    duplex.on('data', (bytes: Buffer) => each(duplex, readAgentMessage(bytes)));
    duplex.on('error', () => undefined);
    duplex.on('end', () => duplex.end());
  };
  return serve({ connect } as UntypedServiceImplementation, o);
}

export interface Seen {
  readonly broken: string[];
  readonly refused: string[];
  readonly assigned: string[];
  readonly discarded: number[];
}

export function uplinkTo(
  port: number,
  o: { hello?: Partial<Hello>; spoolLimitBytes?: number; uplink?: Partial<UplinkOptions> } = {},
) {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-uplink-'));
  const seen: Seen = { broken: [], refused: [], assigned: [], discarded: [] };
  const handlers: UplinkHandlers = {
    assignment: (assignment) => seen.assigned.push(assignment.assignmentId),
    cancel: () => undefined,
    broken: (reason) => seen.broken.push(reason),
    refused: (error) => seen.refused.push(error.message),
    discarded: (samples) => seen.discarded.push(samples),
  };
  const uplink = new Uplink({
    controller: `127.0.0.1:${port}`,
    hello: hello(o.hello),
    handlers,
    spoolPath: join(dir, 'spool'),
    spoolLimitBytes: o.spoolLimitBytes ?? 2 ** 30,
    nameTakenMs: 0,
    ...o.uplink,
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
export function call(port: number, messages: readonly (AgentMessage | Buffer)[], options: ChannelOptions = {}) {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  const { path, requestSerialize, responseDeserialize } = AGENT_STREAM.connect;
  const bytesOfAny = (message: AgentMessage | Buffer) =>
    Buffer.isBuffer(message) ? message : requestSerialize(message);
  const duplex = client.makeBidiStreamRequest(path, bytesOfAny, responseDeserialize);
  const got: ControllerMessage[] = [];
  const ended: { code: number; details: string }[] = [];
  duplex.on('data', (message: ControllerMessage) => got.push(message));
  duplex.on('error', () => undefined);
  duplex.on('status', ({ code, details }) => ended.push({ code, details }));
  for (const message of messages) duplex.write(message);
  return {
    got,
    ended,
    duplex,
    write: (message: AgentMessage | Buffer) => duplex.write(message),
    close: () => {
      duplex.cancel();
      client.close();
    },
  };
}
