/** Locks between processes.
 *
 * They are the kernel's, on a database that is never written to (SQLite locks it with fcntl): a lock ends with the process that holds it,
 * however that ends, and so is never stale; and it holds between containers that share the folder, where pids mean nothing. */

import { type Database, sqlite, sqliteCode } from './sqlite.ts';

export interface Lock {
  release(): void;
}

/** A database nobody refers to is closed by the garbage collector, and its lock is gone with it: these are referred to. */
const held = new Set<Database>();

/** @param path of a file that is made where it is not there, and stays
 * @returns the lock; 'taken' when another has it; null where there are no locks to be had (SQLite is not compiled, or the file system
 * has none) */
export function takeLock(path: string): Lock | 'taken' | null {
  const Sqlite = sqlite();
  if (Sqlite === null) return null;
  let database: Database | null = null;
  try {
    database = new Sqlite(path, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
    const locked = database;
    held.add(locked);
    const release = () => {
      held.delete(locked);
      locked.close();
    };
    return { release };
  } catch (error) {
    database?.close();
    return sqliteCode(error).startsWith('SQLITE_BUSY') ? 'taken' : null;
  }
}
