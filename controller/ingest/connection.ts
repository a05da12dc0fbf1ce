/** One stream of one agent: hello first, then records and progress within the limits; answers that wait for a reader are never more than one ack. */

import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import {
  type Ack,
  asBenchError,
  type ControllerMessage,
  type Hello,
  type MeasurementRecord,
  type Progress,
  readAgentMessage,
} from '#proto';
import { hangUp, widen } from './http2-stream.ts';
import {
  CREDIT_BYTES,
  CREDITS,
  HELLO_WITHIN_MS,
  MOST_UNREAD,
  PROGRESS_PER_S,
  READ_WITHIN_MS,
  RECORDS_PER_S,
  TokenBucket,
} from './limits.ts';
import { SentWindow } from './sent-window.ts';

export type AgentCall = ServerDuplexStream<Buffer, ControllerMessage>;

export interface Refusal {
  readonly code: status;
  readonly text: string;
}

/** what stands behind a stream */
export interface Reception {
  /** @returns null when it is let in, and has been welcomed */
  hello(connection: Connection, hello: Hello): Refusal | null;
  /** @throws BenchError what ends the stream */
  record(connection: Connection, record: MeasurementRecord, encoded: Buffer): void;
  progress(connection: Connection, progress: Progress): void;
  /** told once; `reason` is for people */
  left(connection: Connection, reason: string): void;
  refused(connection: Connection, refusal: Refusal): void;
}

/** shorter ones for tests */
export interface ConnectionTimes {
  readonly helloWithinMs: number;
  readonly readWithinMs: number;
}

export class Connection {
  readonly call: AgentCall;
  readonly #reception: Reception;
  readonly #times: ConnectionTimes;
  readonly #window = new SentWindow({ records: CREDITS, bytes: CREDIT_BYTES });
  readonly #records: TokenBucket;
  readonly #progress: TokenBucket;
  #hello: Hello | null = null;
  /** what it is waited for: the hello, or that something is read */
  #timer: NodeJS.Timeout | null = null;
  #newest: Ack | null = null;
  #ended = false;

  constructor(call: AgentCall, reception: Reception, times: Partial<ConnectionTimes> = {}) {
    this.call = call;
    this.#reception = reception;
    this.#times = { helloWithinMs: HELLO_WITHIN_MS, readWithinMs: READ_WITHIN_MS, ...times };
    const nowMs = performance.now();
    this.#records = new TokenBucket({ perS: RECORDS_PER_S, burst: 2 * RECORDS_PER_S, nowMs });
    this.#progress = new TokenBucket({ perS: PROGRESS_PER_S, burst: 2 * PROGRESS_PER_S, nowMs });
    call.on('data', (bytes: Buffer) => this.#take(bytes));
    call.on('drain', () => this.#flush());
    call.on('error', () => this.#leave('the stream broke'));
    call.on('cancelled', () => this.#leave('the agent went away'));
    call.on('end', () => {
      this.#leave('the agent ended its stream');
      call.end();
    });
    this.#expect(this.#times.helloWithinMs, 'no hello came');
  }

  /** null before it has said who it is */
  get hello(): Hello | null {
    return this.#hello;
  }

  /** Takes it in. @param welcome whose `durableSequence` the agent goes on after */
  welcome(hello: Hello, welcome: Extract<ControllerMessage, { body: 'welcome' }>['welcome']): void {
    this.#hello = hello;
    this.#expectNothing();
    this.#window.acked(welcome.durableSequence);
    // who has shown who it is may send as much ahead as its credits allow
    widen(this.call, CREDIT_BYTES);
    this.tell({ body: 'welcome', welcome });
  }

  /** An agent that does not read is hung up on, however it is spoken to. */
  tell(message: ControllerMessage): void {
    if (this.#ended || !this.call.writable) return;
    this.call.write(message);
    if (this.call.writableLength > MOST_UNREAD) this.#hangUp('it reads nothing');
  }

  /** Says what is done with. While the agent does not read only the newest ack waits. */
  ack(ack: Ack): void {
    this.#newest = ack;
    this.#flush();
  }

  /** Ends the stream with a status; nothing that still comes is looked at. */
  refuse(refusal: Refusal): void {
    if (this.#ended) return;
    this.#reception.refused(this, refusal);
    this.#leave(refusal.text);
    // the status goes out behind what was said before: whoever does not read that does not get it
    const timer = setTimeout(() => hangUp(this.call), this.#times.readWithinMs);
    this.call.once('close', () => clearTimeout(timer));
    this.call.emit('error', { code: refusal.code, details: refusal.text });
  }

  #take(bytes: Buffer): void {
    if (this.#ended) return;
    try {
      const message = readAgentMessage(bytes);
      if (message.body === 'hello') this.#greet(message.hello);
      else if (this.#hello === null) this.#refuse(status.INVALID_ARGUMENT, 'the first message must be hello');
      else if (message.body === 'progress') this.#pass(message.progress);
      else this.#record(message.record, message.encoded);
    } catch (error) {
      const failure = asBenchError(error);
      const code = failure.code === 'disk-full' ? status.RESOURCE_EXHAUSTED : status.INVALID_ARGUMENT;
      this.#refuse(failure.code === 'internal' ? status.INTERNAL : code, failure.message);
    }
  }

  #greet(hello: Hello): void {
    const again = { code: status.INVALID_ARGUMENT, text: 'a second hello on the same stream' };
    const refusal = this.#hello === null ? this.#reception.hello(this, hello) : again;
    if (refusal !== null) this.refuse(refusal);
  }

  #pass(progress: Progress): void {
    if (this.#progress.take(performance.now())) this.#reception.progress(this, progress);
    else this.#refuse(status.RESOURCE_EXHAUSTED, `more than ${PROGRESS_PER_S} messages of progress a second`);
  }

  #record(record: MeasurementRecord, encoded: Buffer): void {
    const excess = this.#records.take(performance.now())
      ? this.#window.take(record.sequence, encoded.length)
      : `more than ${RECORDS_PER_S} records a second`;
    if (excess !== null) this.#refuse(status.RESOURCE_EXHAUSTED, `${excess}; the agent must wait for acks`);
    else this.#reception.record(this, record, encoded);
  }

  #flush(): void {
    const ack = this.#newest;
    if (this.#ended || ack === null || !this.call.writable) return;
    if (this.call.writableNeedDrain) {
      this.#expect(this.#times.readWithinMs, 'it reads nothing');
      return;
    }
    this.#newest = null;
    this.#expectNothing();
    this.#window.acked(ack.durableSequence);
    this.call.write({ body: 'ack', ack });
  }

  #refuse(code: status, text: string): void {
    this.refuse({ code, text });
  }

  #hangUp(reason: string): void {
    if (this.#ended) return;
    this.#reception.refused(this, { code: status.DEADLINE_EXCEEDED, text: reason });
    this.#leave(reason);
    hangUp(this.call);
  }

  #expect(withinMs: number, orElse: string): void {
    this.#timer ??= setTimeout(() => {
      if (this.#hello === null) this.#refuse(status.DEADLINE_EXCEEDED, `${orElse} within ${withinMs / 1000} s`);
      else this.#hangUp(`${orElse} for ${withinMs / 1000} s`);
    }, withinMs);
  }

  #expectNothing(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #leave(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#expectNothing();
    this.#newest = null;
    this.#reception.left(this, reason);
  }
}
