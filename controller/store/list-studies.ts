/** The studies of a results folder, the latest first. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '#proto';
import { openIndex } from './index-db.ts';
import { isBeingWritten, stateDirOf } from './results-folder.ts';
import { fingerprintOf, isStudyFolder, type StudyRow, studyIds, studyRow } from './study-row.ts';

export interface ListedStudy extends StudyRow {
  readonly dir: string;
  /** a process is writing it right now */
  readonly isBeingWritten: boolean;
}

/** id → its row, and what its files were when it was read */
export type KnownRows = Map<string, { readonly fingerprint: string; readonly row: StudyRow }>;

/** From the index where there is one, and else, or where it can't be written, from the folders: the same answer, slower.
 * @param known kept by who asks again: without an index only folders that have changed are read again
 * @throws BenchError usage when there is no such folder */
export function listStudies(resultsDir: string, known: KnownRows = new Map()): ListedStudy[] {
  if (!existsSync(resultsDir)) throw noFolder(resultsDir);
  return rowsOf(resultsDir, known).map((row) => ({
    ...row,
    dir: join(resultsDir, row.id),
    isBeingWritten: (row.status === 'planned' || row.status === 'running') && isBeingWritten(resultsDir, row.id),
  }));
}

function rowsOf(resultsDir: string, known: KnownRows): StudyRow[] {
  const stateDir = stateDirOf(resultsDir);
  const index = existsSync(stateDir) ? openIndex(stateDir) : null;
  if (index === null) return fromFolders(resultsDir, known);
  try {
    index.refresh();
    return index.rows();
  } catch {
    // read-only, or locked for long by another
    return fromFolders(resultsDir, known);
  } finally {
    index.close();
  }
}

function fromFolders(resultsDir: string, known: KnownRows): StudyRow[] {
  const ids = studyIds(resultsDir);
  const there = new Set(ids);
  for (const id of known.keys()) if (!there.has(id)) known.delete(id);
  const rows = ids.map((id) => {
    // taken first: what changes while the files are read makes the row old, not wrong
    const fingerprint = fingerprintOf(join(resultsDir, id));
    const before = known.get(id);
    if (before?.fingerprint === fingerprint) return before.row;
    const row = { ...studyRow(join(resultsDir, id), id), samples: null };
    known.set(id, { fingerprint, row });
    return row;
  });
  const keyOf = ({ startedAt, id }: StudyRow) => `${startedAt} ${id}`;
  return rows.sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
}

/** how a study is, in a word or two */
export function stateOf({ status, kind, problem, isBeingWritten, hasResults }: ListedStudy): string {
  if (problem !== '' || status === null) return 'unreadable';
  if (kind === 'import') return hasResults ? 'imported' : 'imported, no results';
  if (status === 'planned' || status === 'running') return isBeingWritten ? status : 'left behind';
  return hasResults ? status : `${status}, no results`;
}

function noFolder(dir: string): BenchError {
  return new BenchError('usage', `there is no folder ${dir}`, {
    nextStep: 'name the folder that hookbench run --out wrote to (default: results)',
  });
}

/** @throws BenchError usage for a folder that is a study and not one of studies */
export function refuseStudy(dir: string): void {
  if (!isStudyFolder(dir)) return;
  throw new BenchError('usage', `${dir} is a study`, { nextStep: 'name the folder that it is in' });
}
