/** The kernel's own account of a hook that is attached, taken in the census slices of its step: after everything timed, before it is detached. */

import type { Assignment, KernelTime, RecordBody, Slice, Step } from '#proto';
import type { UndoStack } from '../host/undo.ts';
import type { TargetCounters } from '../load/types.ts';
import type { AttachedHook } from '../mechanisms/mechanism.ts';
import { type RunTime, runTimeOf } from '../observe/bpf-run-time.ts';
import { reasonOf } from '../observe/fact.ts';
import { type KernelClock, startKernelClock } from '../observe/kernel-clock.ts';

interface Sum {
  ns: number;
  runs: number;
  reads: number;
}

/** ids of instances */
export interface Who {
  readonly plain: ReadonlySet<number>;
  readonly beside: ReadonlySet<number>;
}

export class KernelTimes {
  readonly #o: { hook: Pick<AttachedHook, 'holder'>; undo: UndoStack };
  readonly #bySut = new Map<string, Sum>();
  #clock: KernelClock | null = null;
  #fromNs = 0n;
  #beside: RunTime = { ns: 0, runs: 0 };
  #before: RunTime | null = null;
  #missing = '';

  constructor(o: { hook: Pick<AttachedHook, 'holder'>; undo: UndoStack }) {
    this.#o = o;
  }

  /** to be called before each slice; the first census one starts the clock */
  async before({ phase }: Slice): Promise<void> {
    if (phase !== 'census' || this.#missing !== '') return;
    try {
      const { holder } = this.#o.hook;
      if (holder === undefined) throw new Error('it does not say which process holds its programs');
      this.#clock ??= await this.#start();
      this.#before = runTimeOf(holder);
    } catch (error) {
      this.#missing = reasonOf(error);
    }
  }

  /** @param who ids of instances without a hook of their own (another hook's work beside would be in the time), and of those that no hook watches */
  after({ phase, sut, order }: Slice, counters: readonly TargetCounters[], who: Who): void {
    const from = this.#before;
    this.#before = null;
    const { holder } = this.#o.hook;
    if (phase !== 'census' || from === null || holder === undefined) return;
    const isAll = (ids: ReadonlySet<number>) => [...order].every((byte) => ids.has(byte & 0x3f));
    try {
      const to = runTimeOf(holder);
      const took = { ns: to.ns - from.ns, runs: to.runs - from.runs };
      if (isAll(who.beside)) this.#beside = { ns: this.#beside.ns + took.ns, runs: this.#beside.runs + took.runs };
      else if (isAll(who.plain)) this.#add(sut, took, counters);
    } catch (error) {
      this.#missing = reasonOf(error);
    }
  }

  #add(sut: string, { ns, runs }: RunTime, counters: readonly TargetCounters[]): void {
    const sum = this.#bySut.get(sut) ?? { ns: 0, runs: 0, reads: 0 };
    const reads = counters.reduce((all, { requests }) => all + requests, 0);
    this.#bySut.set(sut, { ns: sum.ns + ns, runs: sum.runs + runs, reads: sum.reads + reads });
  }

  /** Ends the counting, whatever happened. @returns a record for each SUT, which says what was counted or why not */
  async end(
    step: Step,
    suts: readonly string[],
    { condition, fork }: Pick<Assignment, 'condition' | 'fork'>,
  ): Promise<RecordBody[]> {
    await this.#clock?.end();
    const span = { fromNs: this.#fromNs, toNs: this.#clock === null ? 0n : process.hrtime.bigint() };
    this.#clock = null;
    return [...new Set(suts)].map((sut): RecordBody => {
      const sum = this.#missing === '' ? this.#bySut.get(sut) : undefined;
      const sent = sum === undefined ? 'no instance without a hook was in the census' : '';
      const missing = this.#missing || sent || (this.#beside.runs === 0 ? 'there is no process beside' : '');
      const { ns: runTimeNs, runs, reads } = sum ?? { ns: 0, runs: 0, reads: 0 };
      const kernelTime: KernelTime = {
        place: {
          sut,
          condition,
          fork,
          block: step.block,
          step: step.index,
          phase: 'census',
          design: step.design,
          vantage: 'kernel',
        },
        mechanism: step.attach,
        ...span,
        ...{ reads, runTimeNs, runs, besideRunTimeNs: this.#beside.ns, besideRuns: this.#beside.runs, missing },
      };
      return { body: 'kernelTime', kernelTime };
    });
  }

  #start(): Promise<KernelClock> {
    this.#fromNs = process.hrtime.bigint();
    return startKernelClock(this.#o.undo);
  }
}
