/** An agent by hand: it sends what it is told, in any order and as often as it is told, and knows what it offered first under each number. */

import { type ChannelCredentials, Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import {
  AGENT_STREAM,
  type AgentMessage,
  type Assignment,
  CHANNEL_OPTIONS,
  type ControllerMessage,
  type MeasurementRecord,
  PROTOCOL_VERSION,
  type RecordBody,
} from '#proto';
import { hello } from '../../helpers/plan.ts';
import type { RunLedger } from '../checker/ledger.ts';
import type { SeenRecord } from '../checker/record.ts';
import { type Ids, seenOf } from '../firehose/content.ts';
import { until } from './process.ts';
import type { World } from './undo.ts';

/** fewer than any controller grants */
const WINDOW = 12;

export class RawSender {
  readonly #client: Client;
  readonly #o: { readonly agentId: string; readonly runId: string; readonly token: string };
  #stream: ClientDuplexStream<AgentMessage, ControllerMessage> | null = null;
  readonly #bodies: RecordBody[] = [];
  readonly #seen = new Map<number, SeenRecord>();
  #ids: Ids = { studyId: '', assignmentId: '' };
  /** highest number on this stream */
  #sent = 0;
  welcomed = false;
  acked = 0;
  assignment: Assignment | null = null;
  /** how the stream ended: its status code and words */
  refusal: { readonly code: number; readonly details: string } | null = null;

  constructor(
    world: World,
    o: { port: number; agentId: string; runId: string; token: string; credentials?: ChannelCredentials },
  ) {
    this.#o = o;
    // without retries of its own a refusal is seen as it comes
    const options = { ...CHANNEL_OPTIONS, 'grpc.enable_retries': 0 };
    this.#client = new Client(`127.0.0.1:${o.port}`, o.credentials ?? credentials.createInsecure(), options);
    world.later('a raw sender', () => {
      this.#stream?.cancel();
      this.#client.close();
    });
  }

  /** @returns whether it is welcome; when not, `refusal` says why */
  async connect(): Promise<boolean> {
    this.#stream?.cancel();
    const { path, requestSerialize, responseDeserialize } = AGENT_STREAM.connect;
    const stream = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    this.#stream = stream;
    this.refusal = null;
    this.welcomed = false;
    stream.on('data', (message: ControllerMessage) => {
      if (stream === this.#stream) this.#take(message);
    });
    stream.on('error', ({ code, details }: Error & { code: number; details: string }) => {
      if (stream === this.#stream) this.refusal = { code, details };
    });
    const { agentId, runId, token } = this.#o;
    const said = { protocol: PROTOCOL_VERSION, agentId, runId, token, ackedSequence: this.acked };
    stream.write({ body: 'hello', hello: hello(said) });
    await until('the raw sender is answered', () => this.welcomed || this.refusal !== null);
    this.#sent = this.acked;
    return this.welcomed;
  }

  /** Number of records offered. */
  get offered(): number {
    return this.#bodies.length;
  }

  begin(ids: Ids): void {
    this.#ids = ids;
  }

  /** Gives the next number to a body; it is sent by `send`. */
  offer(body: RecordBody): number {
    this.#bodies.push(body);
    const sequence = this.#bodies.length;
    this.#seen.set(sequence, seenOf({ ...this.#ids, sequence }, body));
    return sequence;
  }

  /** @param body another content than the one offered under this number */
  send(sequence: number, body = this.#bodies[sequence - 1]): void {
    if (body === undefined) throw new Error(`record ${sequence} was never offered`);
    const record = { sequence, ...this.#ids, ...body } as MeasurementRecord;
    this.#stream?.write({ body: 'record', record });
    this.#sent = Math.max(this.#sent, sequence);
  }

  /** everything offered that this stream has not sent, within the window */
  async sendRest(): Promise<void> {
    while (this.#sent < this.offered) {
      await until('there is room in the window', () => this.refusal !== null || this.#sent - this.acked < WINDOW);
      if (this.refusal !== null) return;
      this.send(this.#sent + 1);
    }
  }

  async allAcked(): Promise<void> {
    await until('everything is acknowledged', () => this.refusal !== null || this.acked >= this.offered);
  }

  ledger(): RunLedger {
    return { agentId: this.#o.agentId, runId: this.#o.runId, offered: this.#seen, dropped: [] };
  }

  #take(message: ControllerMessage): void {
    if (message.body === 'welcome') {
      this.welcomed = true;
      this.acked = message.welcome.durableSequence;
    } else if (message.body === 'ack') this.acked = Math.max(this.acked, message.ack.durableSequence);
    else if (message.body === 'assignment') this.assignment = message.assignment;
  }
}
