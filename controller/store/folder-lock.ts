/** One controller at a time in a results folder.
 *
 * The lock is the kernel's, on a database that is never written to (SQLite locks it with fcntl): it ends with the process that holds it,
 * however that ends, and so is never stale; and it holds between containers that share the folder, where pids mean nothing. Who holds it
 * stands beside it, for the message only. */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BenchError } from '#proto';
import { replaceFile } from './replace-file.ts';
import { type Database, sqlite, sqliteCode } from './sqlite.ts';

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
  const Sqlite = sqlite();
  if (Sqlite === null) return null;
  const held = locked(new Sqlite(join(stateDir, 'lock.db'), { timeout: 0 }), stateDir);
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
      held.close();
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

function locked(database: Database, stateDir: string): Database | null {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (!sqliteCode(error).startsWith('SQLITE_BUSY')) return null;
    throw busy(stateDir, error);
  }
}

function busy(stateDir: string, cause: unknown): BenchError {
  const holder = readHolder(stateDir);
  const folder = join(stateDir, '..');
  const who = holder === null ? 'another controller' : `the controller with pid ${holder.pid} on ${holder.host}`;
  const since = holder === null ? '' : ` since ${holder.since}`;
  const end = holder === null ? 'wait for its end' : `wait for its end or end it (kill ${holder.pid})`;
  return new BenchError('busy', `${folder} is in use by ${who}${since}`, {
    nextStep: `${end}, or choose another folder with --out`,
    cause,
  });
}
