/** One controller at a time has a results folder (the lock: lock.ts). Who holds it stands beside it, for the message only. */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BenchError } from '#proto';
import { takeLock } from './lock.ts';
import { replaceFile } from './replace-file.ts';

export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

export interface FolderLock {
  /** the one before us, when it ended without letting go */
  readonly takenFrom: Holder | null;
  release(): void;
}

const HOLDER_FILE = 'holder.json';

/** @param stateDir the folder's own .hookbench
 * @returns null where there are no locks to be had: SQLite is not compiled, or the file system has none
 * @throws BenchError busy when another controller has the folder */
export function lockFolder(stateDir: string): FolderLock | null {
  const held = takeLock(join(stateDir, 'lock.db'));
  if (held === 'taken') throw busy(stateDir);
  if (held === null) return null;
  const takenFrom = readHolder(stateDir);
  const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  try {
    replaceFile(join(stateDir, HOLDER_FILE), `${JSON.stringify(holder)}\n`);
  } catch {
    // a full disk: the lock holds without its name tag
  }
  return {
    takenFrom,
    release: () => {
      rmSync(join(stateDir, HOLDER_FILE), { force: true });
      held.release();
    },
  };
}

/** who says that it holds the folder; null when nobody does */
export function readHolder(stateDir: string): Holder | null {
  const path = join(stateDir, HOLDER_FILE);
  if (!existsSync(path)) return null;
  try {
    const { pid, host, since } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    return { pid: Number(pid), host: String(host), since: String(since) };
  } catch {
    return null;
  }
}

function busy(stateDir: string): BenchError {
  const holder = readHolder(stateDir);
  const folder = join(stateDir, '..');
  const who = holder === null ? 'another controller' : `the controller with pid ${holder.pid} on ${holder.host}`;
  const since = holder === null ? '' : ` since ${holder.since}`;
  const end = holder === null ? 'wait for its end' : `wait for its end or end it (kill ${holder.pid})`;
  return new BenchError('busy', `${folder} is in use by ${who}${since}`, {
    nextStep: `${end}, or choose another folder with --results or --out`,
  });
}
