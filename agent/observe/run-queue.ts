/** How long the threads of a process waited for a CPU though they could run, from the kernel's own count (CONFIG_SCHED_INFO). */

import type { Fact } from '#proto';
import { missing, shareOf } from './fact.ts';
import { listDir, readText } from './proc.ts';

/** thread → ns waited since it started; empty where the kernel does not count it */
export type RunQueueWaits = ReadonlyMap<string, number>;

export function runQueueWaits(pid: number): RunQueueWaits {
  const waits = new Map<string, number>();
  for (const thread of listDir(`/proc/${pid}/task`)) {
    const [, waitedNs] = (readText(`/proc/${pid}/task/${thread}/schedstat`) ?? '').trim().split(' ');
    if (waitedNs !== undefined) waits.set(thread, Number(waitedNs));
  }
  return waits;
}

/** What the threads of some processes waited in the stretches that count, added up by thread. */
export class RunQueueTally {
  /** process and thread → ns */
  readonly #waitedNs = new Map<string, number>();
  #activeMs = 0;

  /** One stretch. @param waits of each process before and after it; threads that ended meanwhile are not seen */
  add(waits: readonly { pid: number; from: RunQueueWaits; to: RunQueueWaits }[], activeMs: number): void {
    this.#activeMs += activeMs;
    for (const { pid, from, to } of waits)
      for (const [thread, ns] of to) {
        const key = `${pid} ${thread}`;
        this.#waitedNs.set(key, (this.#waitedNs.get(key) ?? 0) + Math.max(0, ns - (from.get(thread) ?? 0)));
      }
  }

  /** The longest wait of one thread, as a share of the stretches. */
  worst(): Fact {
    if (this.#waitedNs.size === 0) return missing('no /proc/PID/task/*/schedstat (CONFIG_SCHED_INFO)');
    return shareOf(0, Math.max(...this.#waitedNs.values()) / 1e6, { spanMs: this.#activeMs, why: '' });
  }
}
