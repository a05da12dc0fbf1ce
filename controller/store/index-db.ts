/** RESULTS/.hookbench/index.db: the studies of a results folder and what their segments hold, so that neither must be read again.
 *
 * A cache and nothing else. The folders are the truth: a row is good only while its files are as they were, and an index that is missing,
 * damaged or of another version is thrown away and made again. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFacts } from './run-facts.ts';
import { type Database, sqlite, sqliteCode } from './sqlite.ts';
import { fingerprintOf, type StudyRow, studyIds, studyRow } from './study-row.ts';

const VERSION = 2;
const TABLES = `
  CREATE TABLE studies (
    id TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    status TEXT,
    started_at TEXT NOT NULL,
    row TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX studies_by_start ON studies (started_at);
  CREATE TABLE runs (
    study TEXT NOT NULL,
    file TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    records INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    PRIMARY KEY (study, file)
  ) WITHOUT ROWID;
  PRAGMA user_version = ${VERSION};
`;

/** @param stateDir the results folder's .hookbench, which must be there
 * @returns null where there can be none: SQLite is not compiled, or the folder can't be written */
export function openIndex(stateDir: string): StudyIndex | null {
  const Sqlite = sqlite();
  if (Sqlite === null) return null;
  const path = join(stateDir, 'index.db');
  for (const isLastTry of [false, true]) {
    let database: Database | null = null;
    try {
      database = new Sqlite(path, { timeout: 5000 });
      const isOld = prepare(database);
      if (!isOld) return new StudyIndex(database, join(stateDir, '..'));
      database.close();
    } catch (error) {
      database?.close();
      if (!isDamage(error) || isLastTry) return null;
    }
    for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
  }
  return null;
}

/** @returns true for a database of another version */
function prepare(database: Database): boolean {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  if (database.pragma('quick_check(1)', { simple: true }) !== 'ok') return true;
  const version = database.pragma('user_version', { simple: true });
  if (version === 0) database.transaction(() => database.exec(TABLES)).immediate();
  else if (version !== VERSION) return true;
  return false;
}

function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'SQLITE_ERROR';
}

type StoredRun = { file: string; bytes: number; last_sequence: number; records: number; samples: number };

export class StudyIndex {
  readonly #database: Database;
  readonly #resultsDir: string;

  constructor(database: Database, resultsDir: string) {
    this.#database = database;
    this.#resultsDir = resultsDir;
  }

  /** Makes the rows what the folders are: reads those that have changed, forgets those that are gone. */
  refresh(): void {
    const known = new Map(
      (
        this.#database.prepare('SELECT id, fingerprint FROM studies').all() as { id: string; fingerprint: string }[]
      ).map(({ id, fingerprint }) => [id, fingerprint]),
    );
    const ids = studyIds(this.#resultsDir);
    const changed = ids.filter((id) => known.get(id) !== fingerprintOf(join(this.#resultsDir, id)));
    const there = new Set(ids);
    const gone = [...known.keys()].filter((id) => !there.has(id));
    this.#database.transaction(() => {
      for (const id of changed) this.put(id);
      for (const id of gone) {
        this.#database.prepare('DELETE FROM studies WHERE id = ?').run(id);
        this.#database.prepare('DELETE FROM runs WHERE study = ?').run(id);
      }
    })();
  }

  /** Reads one study's folder into its row. */
  put(id: string): void {
    const dir = join(this.#resultsDir, id);
    // taken first: what changes while the files are read makes the row old, not wrong
    const fingerprint = fingerprintOf(dir);
    const row = studyRow(dir, id);
    this.#database
      .prepare('INSERT OR REPLACE INTO studies (id, fingerprint, status, started_at, row) VALUES (?, ?, ?, ?, ?)')
      .run(id, fingerprint, row.status, row.startedAt, JSON.stringify(row));
  }

  /** the latest first */
  rows(): StudyRow[] {
    const sums = new Map(
      (
        this.#database
          .prepare('SELECT study, sum(samples) AS samples, sum(bytes) AS bytes FROM runs GROUP BY study')
          .all() as {
          study: string;
          samples: number;
          bytes: number;
        }[]
      ).map(({ study, samples, bytes }) => [study, { samples, bytes }]),
    );
    const rows = this.#database.prepare('SELECT id, row FROM studies ORDER BY started_at DESC, id DESC').all();
    return (rows as { id: string; row: string }[]).map(({ id, row }) => {
      const study = JSON.parse(row) as Omit<StudyRow, 'samples'>;
      const counted = sums.get(id);
      return { ...study, samples: counted?.bytes === study.bytes ? counted.samples : null };
    });
  }

  putRuns(study: string, runs: readonly RunFacts[]): void {
    const insert = this.#database.prepare('INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?)');
    this.#database.transaction(() => {
      for (const run of runs) insert.run(study, run.file, run.bytes, run.lastSequence, run.records, run.samples);
    })();
  }

  /** null where it is not known, or the file was of another size then */
  run(study: string, file: string, bytes: number): RunFacts | null {
    const found = this.#database.prepare('SELECT * FROM runs WHERE study = ? AND file = ?').get(study, file);
    const run = found as StoredRun | undefined;
    if (run === undefined || run.bytes !== bytes) return null;
    return { file, bytes, lastSequence: run.last_sequence, records: run.records, samples: run.samples };
  }

  close(): void {
    this.#database.close();
  }
}
