/** The agent's life: one stream, one assignment at a time, a clean end. */

import type { ChannelCredentials } from '@grpc/grpc-js';
import { type Assignment, type BenchError, explainTls, formatFailure, type Hello } from '#proto';
import type { Pinning } from './host/cores.ts';
import { runAssignment } from './session/session.ts';
import type { Sink } from './session/sink.ts';
import type { UplinkCounters } from './uplink/options.ts';
import { Uplink } from './uplink/stream.ts';

const DRAIN_TIMEOUT_MS = 10_000;
/** assignments remembered so that none runs twice: a controller repeats one only while it is the last it gave */
const MOST_HAD = 256;

export interface AgentOptions {
  readonly controller: string;
  /** plain when absent */
  readonly credentials?: ChannelCredentials;
  readonly hello: Hello;
  readonly pinning: Pinning;
  readonly spoolPath: string;
  readonly spoolLimitBytes: number;
  readonly log: (line: string) => void;
}

export class AgentDaemon {
  readonly #o: AgentOptions;
  readonly #uplink: Uplink;
  #current: { assignment: Assignment; abort: AbortController; done: Promise<void> } | null = null;
  #finish: (code: number) => void = () => undefined;
  #stopping = false;
  readonly #had = new Set<string>();

  constructor(o: AgentOptions) {
    this.#o = o;
    this.#uplink = new Uplink({
      controller: o.controller,
      ...(o.credentials && { credentials: o.credentials }),
      hello: o.hello,
      spoolPath: o.spoolPath,
      spoolLimitBytes: o.spoolLimitBytes,
      handlers: {
        assignment: (assignment) => this.#start(assignment),
        cancel: (id) => this.#cancel(id),
        broken: (reason) => o.log(`no stream to ${o.controller} (${withHelp(reason)}); trying again`),
        refused: (error) => void this.#refused(error),
        discarded: (samples) =>
          o.log(
            `${samples} samples were not kept by the controller (no study wanted them, or its disk failed) and are lost`,
          ),
      },
    });
  }

  /** @returns the exit code, when it has ended */
  run(): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#finish = resolve;
    });
    // a timer of its own keeps the process alive while the stream is down
    const alive = setInterval(() => undefined, 60_000);
    this.#uplink.connect();
    return ended.finally(() => clearInterval(alive));
  }

  counters(): UplinkCounters {
    return this.#uplink.counters();
  }

  /** Ends the work under way, waits until its records are durable (or 10 s), and ends. */
  async stop(why: string, code = 0): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#o.log(`ending: ${why}`);
    this.#current?.abort.abort();
    await this.#current?.done;
    const all = await this.#uplink.drained(DRAIN_TIMEOUT_MS);
    if (!all) this.#o.log('some records could not be delivered before the end');
    this.#uplink.close();
    this.#finish(code);
  }

  /** An assignment that was had before is passed over: a controller repeats it when the stream broke. */
  #start(assignment: Assignment): void {
    if (this.#stopping || this.#had.has(assignment.assignmentId)) return;
    this.#remember(assignment.assignmentId);
    if (this.#current !== null) {
      this.#decline(assignment, this.#current.assignment.assignmentId);
      return;
    }
    const abort = new AbortController();
    const ids = { studyId: assignment.studyId, assignmentId: assignment.assignmentId };
    const sink: Sink = {
      send: (body) => this.#uplink.send(ids, body),
      progress: (doneSteps, text) =>
        this.#uplink.progress({ ...ids, doneSteps, totalSteps: assignment.steps.length, text }),
      takeDropped: () => this.#uplink.takeDropped(),
    };
    const done = runAssignment(assignment, { pinning: this.#o.pinning, sink, signal: abort.signal })
      .catch((error: unknown) =>
        this.#o.log(`assignment ${assignment.assignmentId} ended without its end record: ${String(error)}`),
      )
      .finally(() => {
        this.#current = null;
      });
    this.#current = { assignment, abort, done };
  }

  #remember(assignmentId: string): void {
    this.#had.add(assignmentId);
    for (const oldest of this.#had) {
      if (this.#had.size <= MOST_HAD) break;
      this.#had.delete(oldest);
    }
  }

  #decline({ studyId, assignmentId }: Assignment, running: string): void {
    const end = {
      status: 'failed',
      code: 'busy',
      message: `agent ${this.#o.hello.agentId} is still at work on ${running}`,
      nextStep: 'run the study again when that has ended, or restart the agent',
      detail: '',
    };
    this.#uplink.send({ studyId, assignmentId }, { body: 'end', end });
  }

  #cancel(assignmentId: string): void {
    if (this.#current?.assignment.assignmentId === assignmentId) this.#current.abort.abort();
  }

  async #refused(error: BenchError): Promise<void> {
    this.#o.log(formatFailure(error));
    await this.stop('refused by the controller', 1);
  }
}

function withHelp(reason: string): string {
  const meaning = explainTls(reason);
  return meaning === '' ? reason : `${reason}; next: ${meaning}`;
}
