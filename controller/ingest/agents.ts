/** The agents connected now, and the thin gRPC end of their streams. */

import { type handleBidiStreamingCall, type ServerDuplexStream, status } from '@grpc/grpc-js';
import {
  type AgentMessage,
  type Assignment,
  asBenchError,
  BenchError,
  type ControllerMessage,
  type Hello,
  type MeasurementRecord,
  PROTOCOL_VERSION,
  type Progress,
} from '#proto';
import { type Admission, agentRefusal } from './peer.ts';
import { checkHello, checkRecord } from './validate.ts';

/** records an agent may have under way without an ack */
const CREDITS = 32;
const SYNC_EVERY_MS = 50;
const SYNC_AGAIN_MS = 500;

/** Who gets what the agents send. `append` makes a record ready for `sync`; after `sync` it is durable. */
export interface RecordTarget {
  append(agent: Hello, record: MeasurementRecord): void;
  sync(): Promise<void>;
  progress(agent: Hello, progress: Progress): void;
  /** the stream to an agent broke */
  gone(agent: Hello, reason: string): void;
  back(agent: Hello): void;
}

type Call = ServerDuplexStream<AgentMessage, ControllerMessage>;

interface Connection {
  readonly hello: Hello;
  readonly call: Call;
}

export class Agents {
  readonly #connections = new Map<string, Connection>();
  /** agent and run → last sequence appended, last sequence durable */
  readonly #appended = new Map<string, number>();
  readonly #durable = new Map<string, number>();
  readonly #admission: Admission;
  readonly #log: (line: string) => void;
  target: RecordTarget | null = null;

  constructor(o: { token: string; certificates?: boolean; log: (line: string) => void }) {
    this.#admission = { token: o.token, certificates: o.certificates ?? false };
    this.#log = o.log;
  }

  hellos(): Hello[] {
    return [...this.#connections.values()].map(({ hello }) => ({ ...hello, token: '' }));
  }

  assign(agentId: string, assignment: Assignment): boolean {
    return this.#tell(agentId, { body: 'assignment', assignment });
  }

  cancel(agentId: string, assignmentId: string): boolean {
    return this.#tell(agentId, { body: 'cancel', cancel: { assignmentId } });
  }

  /** the rpc */
  readonly connect: handleBidiStreamingCall<AgentMessage, ControllerMessage> = (call) => {
    let connection: Connection | null = null;
    let refused = false;
    const refuse = (code: status, details: string) => {
      refused = true;
      this.#log(`agent ${connection?.hello.agentId ?? '(no hello)'}: ${details}`);
      call.emit('error', { code, details });
    };
    call.on('data', (message: AgentMessage) => {
      // what was under way when it was refused
      if (refused) return;
      try {
        const refusal = message.body === 'hello' && connection === null ? this.#refusalOf(call, message.hello) : null;
        if (refusal !== null) return refuse(refusal.code, refusal.text);
        connection = this.#take(call, connection, message);
      } catch (error) {
        const failure = asBenchError(error);
        refuse(failure.code === 'disk-full' ? status.RESOURCE_EXHAUSTED : status.INVALID_ARGUMENT, failure.message);
      }
    });
    call.on('error', () => this.#drop(connection, 'the stream broke'));
    call.on('cancelled', () => this.#drop(connection, 'the agent went away'));
    call.on('end', () => {
      this.#drop(connection, 'the agent ended its stream');
      call.end();
    });
  };

  #take(call: Call, connection: Connection | null, message: AgentMessage): Connection | null {
    if (message.body === 'hello') return connection ?? this.#welcome(call, message.hello);
    if (connection === null) throw new BenchError('bad-message', 'the first message must be hello');
    if (message.body === 'progress') this.target?.progress(connection.hello, message.progress);
    else if (message.body === 'record') this.#record(connection, message.record);
    return connection;
  }

  #welcome(call: Call, hello: Hello): Connection {
    checkHello(hello);
    const connection = { hello, call };
    this.#connections.set(hello.agentId, connection);
    const run = runKey(hello);
    const durableSequence = this.#durable.get(run) ?? 0;
    call.write({ body: 'welcome', welcome: { durableSequence, credits: CREDITS } });
    this.target?.back(hello);
    return connection;
  }

  #refusalOf(call: Call, hello: Hello): { code: status; text: string } | null {
    if (hello.protocol !== PROTOCOL_VERSION) {
      const text = `protocol ${hello.protocol} of the agent is not spoken here (${PROTOCOL_VERSION}); install the same version of hookbench on both`;
      return { code: status.FAILED_PRECONDITION, text };
    }
    const stranger = agentRefusal(call, hello, this.#admission);
    if (stranger !== null) return stranger;
    const other = this.#connections.get(hello.agentId);
    if (other !== undefined && other.hello.runId !== hello.runId) {
      return { code: status.ALREADY_EXISTS, text: `an agent named ${hello.agentId} is connected already` };
    }
    return null;
  }

  /** Appends what is new; what was appended before (sent again after a break) is passed over. An agent may have been connected to a
   * controller before this one: the first record seen of a run may have any number, what came before it was durable there. */
  #record(connection: Connection, record: MeasurementRecord): void {
    checkRecord(record);
    const run = runKey(connection.hello);
    const last = this.#appended.get(run) ?? record.sequence - 1;
    if (record.sequence > last) {
      if (record.sequence !== last + 1)
        throw new BenchError('bad-message', `record ${record.sequence} after ${last}: some are missing`);
      this.target?.append(connection.hello, record);
      this.#appended.set(run, record.sequence);
    }
    this.#ackSoon(connection);
  }

  #timer: NodeJS.Timeout | null = null;
  readonly #unacked = new Set<Connection>();

  /** one sync for all agents at most every SYNC_EVERY_MS, or at once when an agent is about to run out of credits */
  #ackSoon(connection: Connection): void {
    this.#unacked.add(connection);
    const run = runKey(connection.hello);
    const open = (this.#appended.get(run) ?? 0) - (this.#durable.get(run) ?? 0);
    if (open >= CREDITS / 2 && this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
      void this.#sync();
      return;
    }
    this.#syncIn(SYNC_EVERY_MS);
  }

  #syncIn(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#sync();
    }, delayMs);
  }

  async #sync(): Promise<void> {
    const connections = [...this.#unacked];
    this.#unacked.clear();
    const upTo = new Map([...this.#appended]);
    try {
      await this.target?.sync();
    } catch (error) {
      this.#log(`records could not be made durable: ${asBenchError(error).message}`);
      for (const connection of connections) this.#unacked.add(connection);
      this.#syncIn(SYNC_AGAIN_MS);
      return;
    }
    for (const [run, sequence] of upTo) this.#durable.set(run, Math.max(sequence, this.#durable.get(run) ?? 0));
    for (const { hello, call } of connections) {
      const durableSequence = upTo.get(runKey(hello)) ?? 0;
      if (call.writable) call.write({ body: 'ack', ack: { durableSequence } });
    }
  }

  #tell(agentId: string, message: ControllerMessage): boolean {
    const connection = this.#connections.get(agentId);
    connection?.call.write(message);
    return connection !== undefined;
  }

  #drop(connection: Connection | null, reason: string): void {
    if (connection === null || this.#connections.get(connection.hello.agentId) !== connection) return;
    this.#connections.delete(connection.hello.agentId);
    this.target?.gone(connection.hello, reason);
  }
}

function runKey(hello: Hello): string {
  return `${hello.agentId} ${hello.runId}`;
}
