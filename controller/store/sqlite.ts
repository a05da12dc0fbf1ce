/** SQLite, where better-sqlite3 was compiled: the one file that loads it. Without it studies are stored, read and analysed all the same;
 * what is lacking is the index and the lock of a results folder. */

import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';

export type Database = BetterSqlite3.Database;

let loaded: typeof BetterSqlite3 | null | undefined;

/** null where its native part is not there */
export function sqlite(): typeof BetterSqlite3 | null {
  if (loaded === undefined) loaded = load();
  return loaded;
}

/** SQLite's own code for what failed, e.g. SQLITE_BUSY */
export function sqliteCode(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

function load(): typeof BetterSqlite3 | null {
  try {
    const found = createRequire(import.meta.url)('better-sqlite3') as typeof BetterSqlite3;
    // the native part is loaded by the first database, not before
    new found(':memory:').close();
    return found;
  } catch {
    return null;
  }
}
