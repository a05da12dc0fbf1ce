/** The agent's life: one stream, one assignment at a time, a clean end. */

import type { ChannelCredentials } from '@grpc/grpc-js';
import {
  type Assignment,
  type BenchError,
  EXIT,
  explainTls,
  type FailureCode,
  formatFailure,
  type Hello,
  type TlsFolder,
} from '#proto';
import type { Pinning } from './host/cores.ts';
import type { Mechanism } from './mechanisms/mechanism.ts';
import type { AgentStatus } from './ops/metrics.ts';
import type { RunAs } from './security/run-as.ts';
import { runAssignment } from './session/session.ts';
import type { Sink } from './session/sink.ts';
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
  /** sees what every assignment sends */
  readonly watch?: (sink: Sink) => Sink;
  /** who the SUTs and the load generator run as; this process's own user when absent */
  readonly runAs?: RunAs;
  /** the catalogue; ours alone when absent */
  readonly mechanisms?: readonly Mechanism[];
  /** as in the session */
  readonly tls?: TlsFolder;
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

  /** Takes no more work, ends what is under way, waits until its records are durable (or 10 s), and ends.
   * @param o.finishMs how long what is under way may still take before it is cancelled */
  async stop(why: string, o: { code?: number; finishMs?: number } = {}): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#o.log(`ending: ${why}`);
    const cancel = setTimeout(() => this.#current?.abort.abort(), o.finishMs ?? 0);
    await this.#current?.done;
    clearTimeout(cancel);
    const all = await this.#uplink.drained(DRAIN_TIMEOUT_MS);
    if (!all) this.#o.log('some records could not be delivered before the end');
    this.#uplink.close();
    this.#finish(o.code ?? (all ? EXIT.done : EXIT.interrupted));
  }

  status(): AgentStatus {
    const uplink = this.#uplink.counters();
    return {
      up: uplink.connected,
      spoolRecords: uplink.unackedRecords,
      spoolBytes: uplink.spoolMemoryBytes + uplink.spoolDiskBytes,
      spoolLimitBytes: this.#o.spoolLimitBytes,
      durable: uplink.ackedSequence,
      discardedSamples: uplink.discardedSamples,
      running: this.#current !== null,
      draining: this.#stopping,
    };
  }

  /** An assignment that was had before is passed over: a controller repeats it when the stream broke. */
  #start(assignment: Assignment): void {
    if (this.#had.has(assignment.assignmentId)) return;
    this.#remember(assignment.assignmentId);
    if (this.#stopping) {
      this.#decline(assignment, { code: 'agent-gone', why: 'is ending' });
      return;
    }
    if (this.#current !== null) {
      this.#decline(assignment, { code: 'busy', why: `is still at work on ${this.#current.assignment.assignmentId}` });
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
    const { pinning, runAs, watch, mechanisms, tls } = this.#o;
    const done = runAssignment(assignment, {
      ...{ pinning, sink: watch?.(sink) ?? sink, signal: abort.signal },
      ...(runAs !== undefined && { runAs }),
      ...(mechanisms !== undefined && { mechanisms }),
      ...(tls !== undefined && { tls }),
    })
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

  #decline({ studyId, assignmentId }: Assignment, { code, why }: { code: FailureCode; why: string }): void {
    const end = {
      status: 'failed',
      code,
      message: `agent ${this.#o.hello.agentId} ${why}`,
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
    await this.stop('refused by the controller', { code: EXIT.failed });
  }
}

function withHelp(reason: string): string {
  const meaning = explainTls(reason);
  return meaning === '' ? reason : `${reason}; next: ${meaning}`;
}
