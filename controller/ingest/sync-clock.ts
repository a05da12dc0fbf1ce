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
    const targets = new Set(runs.flatMap(({ run }) => [...run.targets()]));
    const failed = await failedSyncs([...targets]);
    for (const { message } of failed.values()) this.#o.log(`records could not be made durable: ${message}`);
    this.syncs += targets.size;
    this.lastSyncMs = performance.now() - startedMs;
    // what a study that is over has left behind will not become durable any more
    const gaveUp = (target: RecordTarget) => failed.has(target) || target !== this.#o.current();
    for (const { run, upTo } of runs) {
      const lost = run.settle(upTo, gaveUp);
      if (lost > 0) this.#o.log(`${lost} samples of agent ${run.key.agentId} were received, not stored, and are lost`);
      if (run.pending > 0) this.#due.add(run);
      this.#o.settled(run);
    }
    this.#syncing = false;
    this.#schedule();
  }
}

async function failedSyncs(targets: readonly RecordTarget[]): Promise<Map<RecordTarget, Error>> {
  const failed = new Map<RecordTarget, Error>();
  await Promise.all(
    targets.map(async (target) => {
      try {
        await target.sync();
      } catch (error) {
        failed.set(target, asBenchError(error));
      }
    }),
  );
  return failed;
}
