/** The agent's end of the stream: numbers records, keeps them until acknowledged, reconnects, and sends again what was not acknowledged. */

import { type ChannelCredentials, Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import {
  AGENT_STREAM,
  type AgentMessage,
  type Assignment,
  BenchError,
  CHANNEL_OPTIONS,
  type ControllerMessage,
  encode,
  type Hello,
  type Progress,
  type RecordBody,
} from '#proto';
import { Spool } from './spool.ts';

export interface UplinkHandlers {
  assignment(assignment: Assignment): void;
  cancel(assignmentId: string): void;
  /** the controller can't be reached (any more); told once a break */
  broken(reason: string): void;
  /** the controller refuses this agent: trying again is no use */
  refused(error: BenchError): void;
}

export interface UplinkStatus {
  /** welcomed by the controller and not lost since */
  readonly up: boolean;
  /** records that are not acknowledged */
  readonly spoolRecords: number;
  readonly spoolBytes: number;
  readonly spoolLimitBytes: number;
  /** records that the controller said are durable */
  readonly durable: number;
}

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5000;
const NO_RETRY = new Set([
  3 /* INVALID_ARGUMENT */, 6 /* ALREADY_EXISTS */, 9 /* FAILED_PRECONDITION */, 16 /* UNAUTHENTICATED */,
]);

type Outgoing = AgentMessage | Buffer;
type Stream = ClientDuplexStream<Outgoing, ControllerMessage>;

export class Uplink {
  readonly #client: Client;
  readonly #hello: Hello;
  readonly #handlers: UplinkHandlers;
  readonly #spool: Spool;
  #stream: Stream | null = null;
  #ready = false;
  #blocked = false;
  #sent = 0;
  #credits = 0;
  #retryMs = FIRST_RETRY_MS;
  #closed = false;
  #told = false;
  #dropped = 0;
  #waiting: (() => void)[] = [];

  constructor(o: {
    controller: string;
    credentials?: ChannelCredentials;
    hello: Hello;
    handlers: UplinkHandlers;
    spoolPath: string;
    spoolLimitBytes: number;
  }) {
    this.#client = new Client(o.controller, o.credentials ?? credentials.createInsecure(), CHANNEL_OPTIONS);
    this.#hello = o.hello;
    this.#handlers = o.handlers;
    this.#spool = new Spool(o.spoolPath, o.spoolLimitBytes);
  }

  connect(): void {
    if (this.#closed) return;
    const method = AGENT_STREAM.connect;
    const stream = this.#client.makeBidiStreamRequest<Outgoing, ControllerMessage>(
      method.path,
      (message) => (Buffer.isBuffer(message) ? message : method.requestSerialize(message)),
      method.responseDeserialize,
    );
    this.#stream = stream;
    stream.on('data', (message: ControllerMessage) => this.#take(stream, message));
    stream.on('drain', () => {
      this.#blocked = false;
      this.#pump();
    });
    stream.on('error', (error: Error & { code?: number; details?: string }) => this.#lost(stream, error));
    stream.on('end', () =>
      this.#lost(stream, Object.assign(new Error('the controller ended the stream'), { code: 14 })),
    );
    stream.write({ body: 'hello', hello: this.#hello });
  }

  /** Queues a record. Samples past the spool's bound are dropped and counted, see `takeDropped`; everything else is always kept.
   * @throws ErrnoException for samples, when the spool's disk is full and so is the memory kept for that */
  send(ids: { studyId: string; assignmentId: string }, body: RecordBody): void {
    const record = encode('AgentMessage', {
      body: 'record',
      record: { sequence: this.#spool.last + 1, ...ids, ...body },
    });
    if (body.body === 'samples' && this.#spool.full(record.length)) {
      this.#dropped += body.samples.n;
      return;
    }
    if (body.body === 'samples') this.#spool.append(record);
    else this.#spool.appendAlways(record);
    this.#pump();
  }

  progress(progress: Progress): void {
    if (this.#ready && !this.#blocked) this.#stream?.write({ body: 'progress', progress });
  }

  /** for whoever watches this agent */
  status(): UplinkStatus {
    const { acked, last, bytes, limitBytes } = this.#spool;
    return {
      up: this.#ready,
      spoolRecords: last - acked,
      spoolBytes: bytes,
      spoolLimitBytes: limitBytes,
      durable: acked,
    };
  }

  /** samples dropped at the spool since the last call */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** Resolves when every record is durable at the controller, or after the time given. @returns whether all are */
  async drained(timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (this.#spool.acked < this.#spool.last && performance.now() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 250);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    return this.#spool.acked >= this.#spool.last;
  }

  close(): void {
    this.#closed = true;
    this.#stream?.end();
    this.#client.close();
    this.#spool.close();
  }

  #take(stream: Stream, message: ControllerMessage): void {
    if (stream !== this.#stream || this.#closed) return;
    if (message.body === 'welcome') {
      this.#spool.ack(message.welcome.durableSequence);
      this.#sent = this.#spool.acked;
      this.#credits = message.welcome.credits;
      this.#ready = true;
      this.#told = false;
      this.#retryMs = FIRST_RETRY_MS;
    } else if (message.body === 'ack') {
      this.#spool.ack(message.ack.durableSequence);
      // after a break it may be for records that the stream before had sent and this one has not
      this.#sent = Math.max(this.#sent, this.#spool.acked);
    } else if (message.body === 'assignment') this.#handlers.assignment(message.assignment);
    else if (message.body === 'cancel') this.#handlers.cancel(message.cancel.assignmentId);
    for (const wake of this.#waiting.splice(0)) wake();
    this.#pump();
  }

  #pump(): void {
    while (this.#ready && !this.#blocked && this.#sent - this.#spool.acked < this.#credits) {
      const record = this.#spool.read(this.#sent + 1);
      if (record === null) return;
      this.#sent += 1;
      if (this.#stream?.write(record) === false) this.#blocked = true;
    }
  }

  #lost(stream: Stream, error: Error & { code?: number; details?: string }): void {
    if (stream !== this.#stream || this.#closed) return;
    this.#stream = null;
    this.#ready = false;
    this.#blocked = false;
    const reason = error.details ?? error.message;
    if (error.code !== undefined && NO_RETRY.has(error.code)) {
      this.#handlers.refused(
        new BenchError('controller-gone', `the controller refused this agent: ${reason}`, { cause: error }),
      );
      return;
    }
    if (!this.#told) this.#handlers.broken(reason);
    this.#told = true;
    setTimeout(() => this.connect(), this.#retryMs).unref();
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
  }
}
