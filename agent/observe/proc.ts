/** What /proc says of processes. A process that ends while it is looked at is simply not there: nothing here throws. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** name of the program, at most 15 characters; any process can choose its own */
  readonly name: string;
  /** CPU time of its threads and of its children that have been waited for, clock ticks */
  readonly ownTicks: number;
  readonly childTicks: number;
  /** since boot, ticks: with the pid it names one process */
  readonly startTicks: string;
}

/** Linux tells user space in hundredths of a second, whatever its own tick is. */
export const MS_PER_TICK = 10;

export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

export function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

export function listDir(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

export function allPids(): number[] {
  return listDir('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** @returns null when it has ended, also when only its entry is left */
export function processStat(pid: number): ProcessStat | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  // the name may hold blanks and brackets: what follows starts behind the last one
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  if (open < 0 || fields.length < 20 || fields[0] === 'X') return null;
  const ticks = (index: number) => Number(fields[index] ?? 0);
  return {
    pid,
    parent: ticks(1),
    name: text.slice(open + 1, close),
    ownTicks: ticks(11) + ticks(12),
    childTicks: ticks(13) + ticks(14),
    startTicks: fields[19] ?? '',
  };
}

/** @returns the roots, and all that descend from them among these processes */
export function descendants(roots: readonly number[], among: Iterable<ProcessStat>): Set<number> {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of among) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found = new Set<number>();
  const queue = [...roots];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    if (found.has(pid)) continue;
    found.add(pid);
    queue.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** the kernel's constant for the first pid namespace: only from there are all processes of the machine seen */
export const FIRST_PID_NAMESPACE = '4026531836';

/** inode of a namespace of a process, '' when it can't be read */
export function namespaceOf(pid: number | 'self', kind: 'pid' | 'net' | 'mnt' | 'cgroup'): string {
  return /\[(\d+)\]$/.exec(readLink(`/proc/${pid}/ns/${kind}`) ?? '')?.[1] ?? '';
}
