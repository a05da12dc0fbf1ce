/** CPU used by processes that are not ours, between two looks at all processes of the machine. */

import type { Fact } from '#proto';
import { fact, missing, printable } from './fact.ts';
import { ownProcesses } from './own-processes.ts';
import { allPids, FIRST_PID_NAMESPACE, MS_PER_TICK, namespaceOf, type ProcessStat, processStat } from './proc.ts';

export interface ProcessTable {
  readonly atMs: number;
  readonly processes: ReadonlyMap<string, ProcessStat>;
  readonly own: ReadonlySet<number>;
}

const TOLD = 3;
const LEAST_TOLD = 0.005;

export function processTable(ends: readonly number[]): ProcessTable {
  const stats = allPids().flatMap((pid) => processStat(pid) ?? []);
  return {
    atMs: performance.now(),
    processes: new Map(stats.map((one) => [keyOf(one), one])),
    own: ownProcesses(stats, ends),
  };
}

/** @returns share of one core, and the programs that used most of it, each with its share */
export function foreignCpu(from: ProcessTable, to: ProcessTable): { share: Fact; programs: string[] } {
  if (namespaceOf('self', 'pid') !== FIRST_PID_NAMESPACE)
    return { share: missing('the agent does not see all processes of the machine (no hostPID)'), programs: [] };
  const spanMs = to.atMs - from.atMs;
  if (!(spanMs > 0)) return { share: missing('no time passed'), programs: [] };
  const byName = new Map<string, number>();
  for (const one of to.processes.values()) {
    if (from.own.has(one.pid) || to.own.has(one.pid)) continue;
    const ticks = usedTicks(one, from, to);
    if (ticks > 0) byName.set(one.name, (byName.get(one.name) ?? 0) + ticks);
  }
  const shares = [...byName].map(([name, ticks]) => ({ name, share: (ticks * MS_PER_TICK) / spanMs }));
  const most = shares.filter(({ share }) => share >= LEAST_TOLD).sort((a, b) => b.share - a.share);
  return {
    share: fact(shares.reduce((sum, { share }) => sum + share, 0)),
    programs: most.slice(0, TOLD).map(({ name, share }) => `${printable(name, 15)} ${share.toFixed(2)}`),
  };
}

/** What a process and the children that it has waited for used since the first look. What a child had used before that look comes to its
 * parent when it ends, and is taken off again. */
function usedTicks(one: ProcessStat, from: ProcessTable, to: ProcessTable): number {
  const before = from.processes.get(keyOf(one));
  const own = one.ownTicks - (before?.ownTicks ?? 0);
  const reaped = one.childTicks - (before?.childTicks ?? 0);
  if (reaped <= 0) return own;
  let earlier = 0;
  for (const gone of from.processes.values())
    if (gone.parent === one.pid && !to.processes.has(keyOf(gone))) earlier += gone.ownTicks + gone.childTicks;
  return own + Math.max(0, reaped - earlier);
}

function keyOf({ pid, startTicks }: ProcessStat): string {
  return `${pid} ${startTicks}`;
}
