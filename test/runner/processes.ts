import { readdirSync, readFileSync } from 'node:fs';

/** Environment variable that marks every descendant of one test file, also those that left its session. */
export const MARK = 'HOOKBENCH_TEST_FILE_MARK';

/** One process that a test file started, by its own account. */
export type Descendant = { readonly pid: number; readonly command: string };

/**
 * The live processes that belong to one test file: in the session it leads, or carrying its mark in their environment.
 * Nothing else on the machine can match, so all of them may be killed. Linux only (reads /proc).
 * @param session pid of the file's process, which leads a session of its own
 */
export const descendants = (session: number, mark: string): Descendant[] => {
  const found: Descendant[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const stat = read(`/proc/${pid}/stat`);
    // "pid (comm) state ppid pgrp session …": comm may hold spaces and parentheses
    const [state, , group, sessionId] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === undefined || state === '' || state === 'Z' || state === 'X') continue;
    const ours = Number(group) === session || Number(sessionId) === session;
    if (!ours && !read(`/proc/${pid}/environ`).split('\0').includes(`${MARK}=${mark}`)) continue;
    found.push({ pid, command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 80) });
  }
  return found;
};

/** Signals exactly the given processes; one that is already gone is no error. */
export const signalAll = (targets: readonly Descendant[], signal: NodeJS.Signals): void => {
  for (const { pid } of targets) {
    try {
      process.kill(pid, signal);
    } catch {
      // gone in the meantime
    }
  }
};

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};
