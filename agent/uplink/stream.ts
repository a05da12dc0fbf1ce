/** The agent's end of the stream: numbers records, keeps them until acknowledged, reconnects, and sends again what was not acknowledged. */

import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import {
  AGENT_STREAM,
  type AgentMessage,
  BenchError,
  CHANNEL_OPTIONS,
  type ControllerMessage,
  encode,
  type Progress,
  type RecordBody,
} from '#proto';
import type { UplinkCounters, UplinkOptions } from './options.ts';
import { Promises } from './promises.ts';
import { Retry } from './retry.ts';
import { Spool } from './spool.ts';

/** longer than the controller needs to find out that a former process of this name is gone (the sum of the keepalive times) */
const NAME_TAKEN_MS = 25_000;
const WELCOME_MS = 15_000;

type Outgoing = AgentMessage | Buffer;
type Stream = ClientDuplexStream<Outgoing, ControllerMessage>;
type Failure = Error & { code?: number; details?: string };

export class Uplink {
  readonly #o: UplinkOptions;
  readonly #spool: Spool;
  readonly #promises: Promises;
  readonly #retry: Retry;
  readonly #waiting = new Set<() => void>();
  readonly #allocate = (length: number) => this.#spool.allocate(length);
  #client: Client;
  #stream: Stream | null = null;
  #welcomeTimer: NodeJS.Timeout | undefined;
  #blocked = false;
  #closed = false;
  /** refused for good: nothing will be acknowledged any more */
  #final = false;
  #told = false;
  #dropped = 0;
  #counts = { streams: 0, sentRecords: 0, ackedSamples: 0, droppedSamples: 0, droppedRecords: 0 };

  constructor(o: UplinkOptions) {
    this.#o = o;
    this.#client = this.#dial();
    this.#spool = new Spool(o.spoolPath, o.spoolLimitBytes);
    this.#promises = new Promises(this.#spool);
    this.#retry = new Retry(o.nameTakenMs ?? NAME_TAKEN_MS);
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
      if (stream !== this.#stream) return;
      this.#blocked = false;
      this.#pump();
    });
    stream.on('error', (error: Failure) => this.#lost(stream, error));
    stream.on('end', () => this.#lost(stream, failure('the controller ended the stream')));
    const welcomeMs = this.#o.welcomeMs ?? WELCOME_MS;
    this.#welcomeTimer = setTimeout(() => {
      // the connection may be one that goes nowhere, and grpc-js would wait for it as long as the kernel does
      this.#client.close();
      this.#client = this.#dial();
      this.#lost(stream, failure(`no welcome from the controller within ${welcomeMs / 1000} s`));
    }, welcomeMs);
    stream.write({ body: 'hello', hello: { ...this.#o.hello, ackedSequence: this.#spool.acked } });
  }

  /** Queues a record and never waits. What there is no room for is dropped and counted: of samples see `takeDropped`; other records have a reserve. */
  send(ids: { studyId: string; assignmentId: string }, body: RecordBody): void {
    const isSamples = body.body === 'samples';
    const samples = isSamples ? body.samples.n : 0;
    const numbered = { sequence: this.#spool.last + 1, ...ids, ...body };
    const record = encode('AgentMessage', { body: 'record', record: numbered }, this.#allocate);
    if (this.#spool.append(record, { samples, always: !isSamples })) {
      this.#pump();
    } else {
      this.#dropped += samples;
      this.#counts.droppedSamples += samples;
      this.#counts.droppedRecords += 1;
    }
  }

  progress(progress: Progress): void {
    if (this.#promises.open && !this.#blocked) this.#write({ body: 'progress', progress });
  }

  /** samples dropped at the spool since the last call */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  counters(): UplinkCounters {
    const { records, memoryBytes, diskBytes } = this.#spool.depth;
    return {
      ...this.#counts,
      connected: this.#promises.open,
      lastSequence: this.#spool.last,
      ackedSequence: this.#spool.acked,
      unackedRecords: records,
      spoolMemoryBytes: memoryBytes,
      spoolDiskBytes: diskBytes,
      discardedSamples: this.#promises.discardedSamples,
    };
  }

  /** Resolves when the controller is done with every record, or after the time given. @returns whether it is */
  async drained(timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (!this.#final && this.#spool.acked < this.#spool.last && performance.now() < deadline) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, 250);
        this.#waiting.add(wake);
      });
    }
    return this.#spool.acked >= this.#spool.last;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#welcomeTimer);
    this.#stream?.end();
    this.#client.close();
    this.#spool.close();
  }

  #dial(): Client {
    const { controller, channelOptions } = this.#o;
    const channel = this.#o.credentials ?? credentials.createInsecure();
    const own = { 'grpc.use_local_subchannel_pool': 1 };
    return new Client(controller, channel, { ...CHANNEL_OPTIONS, ...own, ...channelOptions });
  }

  #take(stream: Stream, message: ControllerMessage): void {
    if (stream !== this.#stream || this.#closed) return;
    try {
      if (message.body === 'welcome') this.#welcome(message.welcome);
      else if (message.body === 'ack') this.#forget(this.#promises.ack(message.ack));
      else if (message.body === 'assignment') this.#o.handlers.assignment(message.assignment);
      else if (message.body === 'cancel') this.#o.handlers.cancel(message.cancel.assignmentId);
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      if (error.code === 'unsupported') this.#refused(stream, error);
      else this.#lost(stream, failure(error.message));
    }
    this.#pump();
  }

  #welcome(welcome: Extract<ControllerMessage, { body: 'welcome' }>['welcome']): void {
    const forgotten = this.#promises.welcome(welcome);
    clearTimeout(this.#welcomeTimer);
    this.#retry.welcomed();
    this.#told = false;
    this.#counts.streams += 1;
    this.#forget(forgotten);
  }

  #forget({ samples, discarded }: { samples: number; discarded: number }): void {
    this.#counts.ackedSamples += samples;
    if (discarded > 0) this.#o.handlers.discarded?.(discarded);
    this.#o.handlers.done?.(this.#spool.acked);
    for (const wake of [...this.#waiting]) wake();
  }

  #pump(): void {
    while (!this.#closed && !this.#blocked) {
      const record = this.#promises.next();
      if (record === null) return;
      this.#counts.sentRecords += 1;
      this.#write(record);
    }
  }

  #write(message: Outgoing): void {
    if (this.#stream?.write(message) === false) this.#blocked = true;
  }

  #lost(stream: Stream, error: Failure): void {
    if (stream !== this.#stream || this.#closed) return;
    const reason = error.details ?? error.message;
    if (this.#retry.isFinal(error.code, performance.now())) {
      const message = `the controller refused this agent: ${reason}`;
      this.#refused(stream, new BenchError('controller-gone', message, { cause: error }));
      return;
    }
    this.#leave(stream);
    if (!this.#told) this.#o.handlers.broken(reason);
    this.#told = true;
    setTimeout(() => this.connect(), this.#retry.nextDelayMs()).unref();
  }

  #refused(stream: Stream, error: BenchError): void {
    this.#leave(stream);
    this.#final = true;
    this.#o.handlers.refused(error);
  }

  #leave(stream: Stream): void {
    clearTimeout(this.#welcomeTimer);
    this.#stream = null;
    this.#promises.close();
    this.#blocked = false;
    stream.cancel();
  }
}

function failure(message: string): Failure {
  return Object.assign(new Error(message), { code: 14 });
}
