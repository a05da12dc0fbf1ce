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

/** The longest wait of one thread, as a share of the time in which its process was at work. Threads that ended meanwhile are not seen. */
export function worstWait(from: RunQueueWaits, to: RunQueueWaits, activeMs: number): Fact {
  if (to.size === 0) return missing('no /proc/PID/task/*/schedstat (CONFIG_SCHED_INFO, or the process has ended)');
  const waitedNs = [...to].map(([thread, ns]) => ns - (from.get(thread) ?? 0));
  return shareOf(0, Math.max(...waitedNs) / 1e6, { spanMs: activeMs, why: '' });
}
