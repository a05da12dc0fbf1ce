/** Processes that a process has started, directly or not. */

import { readdirSync, readFileSync } from 'node:fs';

/** @returns pids of the live descendants whose command line matches */
export function childrenOf(pid: number, pattern: RegExp): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(Number(name))]),
  );
  const descends = (child: number): boolean => {
    const parent = parents.get(child) ?? 0;
    return parent === pid || (parent > 1 && descends(parent));
  };
  return [...parents.keys()].filter((child) => descends(child) && pattern.test(commandOf(child)));
}

function parentOf(pid: number): number {
  // "pid (comm) state ppid …": comm may hold spaces and parentheses
  const stat = read(`/proc/${pid}/stat`);
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' ? 0 : Number(parent ?? 0);
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
