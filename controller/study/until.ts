/** A study that adds forks: one at a time, a look after each from the fourth on, until the intervals are narrow or the time is over. */

import type { Assignment, MeasurementRecord, Note } from '#proto';
import { FIRST_LOOK, isOneOf, type LookRow, Looks } from '../analysis/looks.ts';
import type { Batch, StudyRecord, UntilRun } from '../analysis/record.ts';
import type { Until } from '../plan/study.ts';
import { batchOf } from '../store/read.ts';
import type { StudyStore } from '../store/store.ts';

export interface UntilOptions {
  readonly until: Until;
  /** the study as it will be read back, without samples */
  readonly frame: StudyRecord;
  /** plans fork n for every agent, and records the plan */
  readonly plan: (fork: number) => ReadonlyMap<string, readonly Assignment[]>;
  readonly onLook: (note: Note) => void;
  /** monotonic, ms; another one for tests */
  readonly nowMs?: () => number;
}

/** Below this many forks there is no interval at all: the budget does not keep a study from them. */
const LEAST_FORKS = 2;
const INSIDE = ['interposer', 'kernel'];

export class UntilNarrow {
  readonly #o: UntilOptions;
  readonly #looks = new Looks();
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #fork: Batch[] = [];
  #forkStartMs: number;
  #longestMs = 0;
  #begun = 1;
  #looked: number[] = [];
  #stopped: UntilRun['stopped'] = 'interrupted';
  /** the guess that progress is shown by */
  expectedForks: number;

  constructor(o: UntilOptions) {
    this.#o = o;
    this.#nowMs = o.nowMs ?? (() => performance.now());
    this.#startMs = this.#nowMs();
    this.#forkStartMs = this.#startMs;
    this.expectedForks = o.frame.forks;
  }

  /** the store with an ear on the samples that are compared: the fork under way is kept in memory, about 15 bytes a sample */
  listening(store: StudyStore): StudyStore {
    return {
      ...store,
      append: (node: string, runId: string, record: MeasurementRecord, encoded?: Buffer) => {
        store.append(node, runId, record, encoded);
        if (record.body !== 'samples' || INSIDE.includes(record.samples.place.vantage)) return;
        this.#fork.push(batchOf(record.assignmentId.split('/')[1] ?? '', record));
      },
    };
  }

  first(): ReadonlyMap<string, readonly Assignment[]> {
    return this.#o.plan(0);
  }

  /** Called when every agent has ended a fork. @returns the next one, or null when it is enough */
  next(): ReadonlyMap<string, readonly Assignment[]> | null {
    this.#looks.add({ ...this.#o.frame, batches: this.#fork });
    this.#fork = [];
    const nowMs = this.#nowMs();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#forkStartMs);
    this.#forkStartMs = nowMs;
    if (this.#begun >= FIRST_LOOK && this.#look()) return this.#stop('narrow');
    const wouldEndMs = nowMs - this.#startMs + this.#longestMs;
    if (this.#begun >= LEAST_FORKS && wouldEndMs > this.#o.until.budgetMs) return this.#stop('budget');
    this.#begun += 1;
    return this.#o.plan(this.#begun - 1);
  }

  /** what is written beside the study. The last look is where it stopped, wherever that was. */
  ran(): { readonly forks: number; readonly until: UntilRun } {
    const { halfWidthNs, only, budgetMs } = this.#o.until;
    const looks = this.#looked.at(-1) === this.#begun ? this.#looked : [...this.#looked, this.#begun];
    return { forks: this.#begun, until: { halfWidthNs, only, budgetMs, looks, stopped: this.#stopped } };
  }

  #stop(why: UntilRun['stopped']): null {
    this.#stopped = why;
    return null;
  }

  /** @returns true when every interval that was asked for is narrow enough */
  #look(): boolean {
    const { halfWidthNs, only, budgetMs } = this.#o.until;
    this.#looked = [...this.#looked, this.#begun];
    const rows = this.#looks.rows(this.#looked).filter(({ sut, treated }) => isOneOf(only, sut, treated));
    const widest = rows.reduce<LookRow | null>((a, b) => (a === null || widthOf(b) > widthOf(a) ? b : a), null);
    if (widest === null) return false;
    const needed = Math.ceil(this.#begun * (widthOf(widest) / halfWidthNs) ** 2);
    const affordable = Math.floor(budgetMs / this.#longestMs);
    this.expectedForks = Math.max(this.#begun, Math.min(needed, affordable));
    const detail = `${this.#begun} forks: the widest interval is ±${inUs(widthOf(widest))} (${widest.treated} on ${widest.sut}), ±${inUs(halfWidthNs)} is wanted`;
    this.#o.onLook({ code: 'look', detail });
    return widthOf(widest) <= halfWidthNs;
  }
}

function widthOf({ halfWidthNs }: LookRow): number {
  return halfWidthNs ?? Number.POSITIVE_INFINITY;
}

function inUs(ns: number): string {
  return `${(ns / 1000).toPrecision(3)} µs`;
}
