/** The agents connected now: who is let in, whose records are taken, and what they are told. */

import { randomBytes } from 'node:crypto';
import { type handleBidiStreamingCall, status } from '@grpc/grpc-js';
import {
  type Assignment,
  BenchError,
  type ControllerMessage,
  type Hello,
  type MeasurementRecord,
  PROTOCOL_VERSION,
  type Progress,
  VERSION,
} from '#proto';
import { LineBudget } from '../security/line-budget.ts';
import { Connection, type ConnectionTimes, type Reception, type Refusal } from './connection.ts';
import { isLender, keyOf, type Lender, lendersOf } from './lenders.ts';
import { CREDIT_BYTES, CREDITS, MOST_AGENTS, MOST_WAITING } from './limits.ts';
import { type Admission, agentRefusal } from './peer.ts';
import type { RecordTarget } from './record-target.ts';
import type { RunLedger } from './run-ledger.ts';
import { Runs } from './runs.ts';
import { SyncClock } from './sync-clock.ts';
import { checkRecord } from './validate.ts';

export type { RecordTarget } from './record-target.ts';

/** Who only listens, as the page does. What it is given is good until it returns; it must not throw. */
export interface AgentsListener {
  /** one that was let in */
  hello(hello: Hello): void;
  /** something came that is no record */
  heard(hello: Hello): void;
  /** one that was not taken before */
  record(hello: Hello, record: MeasurementRecord): void;
}

export interface AgentsOptions {
  readonly token: string;
  readonly certificates?: boolean;
  readonly log: (line: string) => void;
  /** last durable sequence of a run in studies that are over (from before a restart, too); 0 for none */
  readonly durableBefore?: (agentId: string, runId: string) => number;
  /** shorter ones for tests */
  readonly times?: Partial<ConnectionTimes>;
}

/** Numbers since the controller began, for logs and metrics. */
export interface AgentsCounters {
  readonly agents: number;
  /** streams that have not said hello */
  readonly waiting: number;
  /** runs of agents that are remembered */
  readonly runs: number;
  readonly records: number;
  readonly samples: number;
  /** of encoded records */
  readonly bytes: number;
  /** records that had been taken before, passed over */
  readonly duplicates: number;
  /** received, and not kept because no study wanted them or they could not be stored */
  readonly discardedSamples: number;
  readonly refusals: number;
  readonly syncs: number;
  readonly lastSyncMs: number;
}

export class Agents {
  readonly #connections = new Map<string, Connection>();
  readonly #waiting = new Set<Connection>();
  readonly #runs = new Runs();
  readonly #clock: SyncClock;
  readonly #o: AgentsOptions;
  readonly #admission: Admission;
  readonly #refusals: LineBudget;
  readonly #controllerRun = randomBytes(8).toString('hex');
  readonly #counts = { records: 0, samples: 0, bytes: 0, duplicates: 0, discardedSamples: 0, refusals: 0 };
  /** the study that runs */
  target: RecordTarget | null = null;
  listener: AgentsListener | null = null;

  constructor(o: AgentsOptions) {
    this.#o = o;
    this.#admission = { token: o.token, certificates: o.certificates ?? false };
    this.#refusals = new LineBudget(o.log);
    this.#clock = new SyncClock({
      current: () => this.target,
      settled: (run) => this.#ack(run),
      log: o.log,
    });
  }

  /** of the agents that measure */
  hellos(): Hello[] {
    return this.#all().filter((hello) => !isLender(hello));
  }

  /** load generators that may be used from other nodes now */
  lenders(): Lender[] {
    return lendersOf(this.#all());
  }

  #all(): Hello[] {
    return [...this.#connections.values()].flatMap(({ hello }) => (hello === null ? [] : [{ ...hello, token: '' }]));
  }

  assign(agentId: string, assignment: Assignment): boolean {
    return this.#tell(agentId, { body: 'assignment', assignment });
  }

  cancel(agentId: string, assignmentId: string): boolean {
    return this.#tell(agentId, { body: 'cancel', cancel: { assignmentId } });
  }

  counters(): AgentsCounters {
    const { syncs, lastSyncMs } = this.#clock;
    const counts = { agents: this.#connections.size, waiting: this.#waiting.size, runs: this.#runs.size };
    return { ...this.#counts, ...counts, syncs, lastSyncMs };
  }

  /** the rpc */
  readonly connect: handleBidiStreamingCall<Buffer, ControllerMessage> = (call) => {
    const connection = new Connection(call, this.#reception, this.#o.times);
    this.#waiting.add(connection);
    if (this.#waiting.size <= MOST_WAITING) return;
    const text = `${MOST_WAITING} streams have not said hello yet; come again later`;
    connection.refuse({ code: status.RESOURCE_EXHAUSTED, text });
  };

  readonly #reception: Reception = {
    hello: (connection, hello) => this.#hello(connection, hello),
    record: (connection, record, encoded) => this.#record(connection, record, encoded),
    progress: ({ hello }, progress: Progress) => {
      if (hello === null || isLender(hello)) return;
      this.target?.progress(hello, progress);
      this.listener?.heard(hello);
    },
    left: (connection, reason) => this.#left(connection, reason),
    refused: ({ hello }, { text }) => {
      this.#counts.refusals += 1;
      this.#refusals.say(`agent ${hello?.agentId ?? '(no hello)'}: ${text}`);
    },
  };

  #hello(connection: Connection, hello: Hello): Refusal | null {
    const refusal = this.#refusalOf(connection, hello);
    if (refusal !== null) return refusal;
    const run = this.#runs.greet(hello, () => this.#durable(hello));
    if (run === null)
      return { code: status.RESOURCE_EXHAUSTED, text: 'this agent connects too often; come again later' };
    run.skipTo(hello.ackedSequence);
    const before = this.#connections.get(keyOf(hello));
    this.#connections.set(keyOf(hello), connection);
    this.#waiting.delete(connection);
    // an agent knows better than this end that its stream broke; what the old one still brings would come twice
    before?.refuse({ code: status.ABORTED, text: 'replaced by a newer stream of the same agent' });
    connection.welcome(hello, {
      durableSequence: run.done,
      credits: CREDITS,
      protocol: PROTOCOL_VERSION,
      version: VERSION,
      creditBytes: CREDIT_BYTES,
      controllerRun: this.#controllerRun,
      discardedSamples: run.discardedSamples,
    });
    if (isLender(hello)) return null;
    this.target?.back(hello);
    this.listener?.hello({ ...hello, token: '' });
    return null;
  }

  #durable({ agentId, runId }: Hello): number {
    return Math.max(this.target?.durable(agentId, runId) ?? 0, this.#o.durableBefore?.(agentId, runId) ?? 0);
  }

  #refusalOf({ call }: Connection, hello: Hello): Refusal | null {
    if (hello.protocol !== PROTOCOL_VERSION) {
      const text = `protocol ${hello.protocol} of the agent is not spoken here (${PROTOCOL_VERSION}, hookbench ${VERSION}); install the same version of hookbench on both`;
      return { code: status.FAILED_PRECONDITION, text };
    }
    const stranger = agentRefusal(call, hello, this.#admission);
    if (stranger !== null) return stranger;
    const other = this.#connections.get(keyOf(hello))?.hello ?? null;
    if (other !== null && other.runId !== hello.runId) {
      return { code: status.ALREADY_EXISTS, text: `an agent named ${hello.agentId} is connected already` };
    }
    if (other === null && this.#connections.size >= MOST_AGENTS)
      return { code: status.RESOURCE_EXHAUSTED, text: `${MOST_AGENTS} agents are connected, and no more are taken` };
    return null;
  }

  /** Takes what is new; what was taken before (sent again after a break) is passed over. */
  #record({ hello }: Connection, record: MeasurementRecord, encoded: Buffer): void {
    const run = hello === null ? null : this.#runs.of(hello);
    if (hello === null || run === null) return;
    if (isLender(hello)) throw new BenchError('bad-message', 'a record of an agent that measures nothing');
    checkRecord(record);
    if (record.sequence > run.last + 1)
      throw new BenchError('bad-message', `record ${record.sequence} after ${run.last}: some are missing`);
    if (record.sequence <= run.last) this.#counts.duplicates += 1;
    else this.#keep(hello, run, record, encoded);
    this.#clock.due(run);
  }

  #keep(hello: Hello, run: RunLedger, record: MeasurementRecord, encoded: Buffer): void {
    const { target } = this;
    const samples = record.body === 'samples' ? record.samples.n : 0;
    const kept = target !== null && target.append(hello, record, encoded) === 'kept';
    if (!kept && target === null)
      this.#refusals.say(`agent ${hello.agentId} sent a record of ${record.assignmentId}, and no study is running`);
    run.take({ samples, target: kept ? target : null });
    this.#counts.records += 1;
    this.#counts.samples += samples;
    this.#counts.bytes += encoded.length;
    this.listener?.record(hello, record);
  }

  #ack(run: RunLedger): void {
    const connection = this.#connections.get(run.key.agentId);
    this.#counts.discardedSamples += this.#runs.newlyDiscarded(run);
    if (connection?.hello?.runId !== run.key.runId) return;
    connection.ack({ durableSequence: run.done, discardedSamples: run.discardedSamples });
  }

  #tell(agentId: string, message: ControllerMessage): boolean {
    const connection = this.#connections.get(agentId);
    connection?.tell(message);
    return connection !== undefined;
  }

  #left(connection: Connection, reason: string): void {
    this.#waiting.delete(connection);
    const { hello } = connection;
    if (hello === null || this.#connections.get(keyOf(hello)) !== connection) return;
    this.#connections.delete(keyOf(hello));
    this.#runs.left(hello, (agentId) => this.#connections.has(agentId));
    if (!isLender(hello)) this.target?.gone(hello, reason);
  }
}
