/** Studies asked for on the page: one at a time, in the order asked, whenever no other one runs. Kept in memory only. */

import { asBenchError, BenchError, type RunStudyRequest } from '#proto';
import type { QueuedView } from '../live/view.ts';

const MOST_WAITING = 20;
const LOOK_EVERY_MS = 500;

/** what runs studies; ingest/control.ts is it */
export interface StudyRunner {
  readonly busy: boolean;
  /** @throws BenchError when it could not begin */
  run(request: RunStudyRequest, abort: AbortController): Promise<void>;
  cancelRunning(): void;
}

interface Waiting {
  readonly view: QueuedView;
  readonly request: RunStudyRequest;
}

export class StudyQueue {
  readonly #runner: StudyRunner;
  readonly #timer: NodeJS.Timeout;
  #waiting: Waiting[] = [];
  #failed: QueuedView[] = [];
  #tickets = 0;
  #starting = false;
  version = 0;

  constructor(runner: StudyRunner) {
    this.#runner = runner;
    this.#timer = setInterval(() => this.#next(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  views(): readonly QueuedView[] {
    return [...this.#failed, ...this.#waiting.map(({ view }) => view)];
  }

  /** @returns its ticket @throws BenchError busy when too many wait */
  add(request: RunStudyRequest): string {
    if (this.#waiting.length >= MOST_WAITING)
      throw new BenchError('busy', `${MOST_WAITING} studies wait already`, { nextStep: 'take one out of the queue' });
    this.#tickets += 1;
    const ticket = `q${this.#tickets}`;
    this.#waiting.push({ view: { ticket, words: request.command, atMs: Date.now(), failure: null }, request });
    this.version += 1;
    this.#next();
    return ticket;
  }

  /** @throws BenchError usage when it does not wait (any more) */
  remove(ticket: string): void {
    const left = this.#waiting.filter(({ view }) => view.ticket !== ticket);
    const failed = this.#failed.filter((view) => view.ticket !== ticket);
    if (left.length === this.#waiting.length && failed.length === this.#failed.length)
      throw new BenchError('usage', 'that study does not wait any more');
    this.#waiting = left;
    this.#failed = failed;
    this.version += 1;
  }

  /** Stops the study under way; those that wait stay. @throws BenchError usage when none runs */
  stop(): void {
    if (!this.#runner.busy) throw new BenchError('usage', 'no study is running');
    this.#runner.cancelRunning();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #next(): void {
    if (this.#starting || this.#runner.busy) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#starting = true;
    this.version += 1;
    this.#runner
      .run(next.request, new AbortController())
      .catch((error: unknown) => {
        const { message, nextStep } = asBenchError(error);
        const failure = nextStep === '' ? message : `${message}; ${nextStep}`;
        this.#failed = [...this.#failed.slice(-4), { ...next.view, failure }];
      })
      .finally(() => {
        this.#starting = false;
        this.version += 1;
      });
  }
}
