/** When records are made durable: one sync for all agents at most every SYNC_EVERY_MS, at once when an agent is about to run out of credits, and
 * never two at a time. */

import { asBenchError } from '#proto';
import { CREDITS } from './limits.ts';
import type { RecordTarget } from './record-target.ts';
import type { RunLedger } from './run-ledger.ts';

const SYNC_EVERY_MS = 50;

export interface SyncClockOptions {
  /** who keeps records now */
  readonly current: () => RecordTarget | null;
  /** something of this run may be acknowledged */
  readonly settled: (run: RunLedger) => void;
  readonly log: (line: string) => void;
}

export class SyncClock {
  readonly #o: SyncClockOptions;
  readonly #due = new Set<RunLedger>();
  #timer: NodeJS.Timeout | null = null;
  #syncing = false;
  #urgent = false;
  syncs = 0;
  lastSyncMs = 0;

  constructor(o: SyncClockOptions) {
    this.#o = o;
  }

  due(run: RunLedger): void {
    this.#due.add(run);
    this.#urgent ||= run.pending >= CREDITS / 2;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#syncing || this.#due.size === 0) return;
    if (this.#urgent) {
      clearTimeout(this.#timer ?? undefined);
      this.#timer = null;
      void this.#sync();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#sync();
    }, SYNC_EVERY_MS);
  }

  async #sync(): Promise<void> {
    const runs = [...this.#due].map((run) => ({ run, upTo: run.last }));
    this.#due.clear();
    this.#urgent = false;
    this.#syncing = true;
    const startedMs = performance.now();
    // one after the other, the oldest first: where studies share a folder, the durable records of a later one must not speak for an earlier one's
    for (const target of new Set(runs.flatMap(({ run }) => [...run.targets()]))) {
      const failed = await this.#failureOf(target);
      // what a study that is over has left behind will not become durable any more
      const gaveUp = failed || target !== this.#o.current();
      for (const { run, upTo } of runs) this.#tell(run, run.settle(target, { upTo, gaveUp }));
    }
    this.lastSyncMs = performance.now() - startedMs;
    for (const { run } of runs) {
      run.advance();
      if (run.pending > 0) this.#due.add(run);
      this.#o.settled(run);
    }
    this.#syncing = false;
    this.#schedule();
  }

  async #failureOf(target: RecordTarget): Promise<boolean> {
    this.syncs += 1;
    try {
      await target.sync();
      return false;
    } catch (error) {
      this.#o.log(`records could not be made durable: ${asBenchError(error).message}`);
      return true;
    }
  }

  #tell({ key }: RunLedger, lost: number): void {
    if (lost > 0) this.#o.log(`${lost} samples of agent ${key.agentId} were received, not stored, and are lost`);
  }
}
