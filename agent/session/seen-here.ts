/** A ring is mostly written from within: its pids are what the SUT and its workers call themselves. Out here they are translated as it is drained. */

import { pidSeenHere } from '../host/containers.ts';
import type { PlacedHook } from '../mechanisms/mechanism.ts';
import type { SutProcess } from '../suts/start.ts';

/** @returns the same hook, whose reads have the pids that the agent and kernel probes know; a process that has ended keeps its own number */
export function seenHere(hook: PlacedHook, { pid, ownPid }: Pick<SutProcess, 'pid' | 'ownPid'>): PlacedHook {
  if (pid === ownPid) return hook;
  const outside = new Map([
    [ownPid, pid],
    // a hook that works out here writes that one
    [pid, pid],
  ]);
  const here = (own: number) => {
    if (!outside.has(own)) outside.set(own, pidSeenHere(pid, own) ?? own);
    return outside.get(own)!;
  };
  const drain: PlacedHook['drain'] = () => {
    const drained = hook.drain();
    if (drained === null) return null;
    return { ...drained, reads: drained.reads.map((read) => ({ ...read, pid: here(read.pid) })) };
  };
  return { ...hook, drain };
}
