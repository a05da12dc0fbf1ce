/** The studies of a results folder, the latest first. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '#proto';
import { openIndex } from './index-db.ts';
import { isBeingWritten, stateDirOf } from './results-folder.ts';
import { isStudyFolder, type StudyRow, studyIds, studyRow } from './study-row.ts';

export interface ListedStudy extends StudyRow {
  readonly dir: string;
  /** a process is writing it right now */
  readonly isBeingWritten: boolean;
}

/** From the index where there is one, and else, or where it can't be written, from the folders: the same answer, slower.
 * @throws BenchError usage when there is no such folder */
export function listStudies(resultsDir: string): ListedStudy[] {
  if (!existsSync(resultsDir)) throw noFolder(resultsDir);
  return rowsOf(resultsDir).map((row) => ({
    ...row,
    dir: join(resultsDir, row.id),
    isBeingWritten: (row.status === 'planned' || row.status === 'running') && isBeingWritten(resultsDir, row.id),
  }));
}

function rowsOf(resultsDir: string): StudyRow[] {
  const stateDir = stateDirOf(resultsDir);
  const index = existsSync(stateDir) ? openIndex(stateDir) : null;
  if (index === null) return fromFolders(resultsDir);
  try {
    index.refresh();
    return index.rows();
  } catch {
    // read-only, or locked for long by another
    return fromFolders(resultsDir);
  } finally {
    index.close();
  }
}

function fromFolders(resultsDir: string): StudyRow[] {
  const rows = studyIds(resultsDir).map((id) => ({ ...studyRow(join(resultsDir, id), id), samples: null }));
  const keyOf = ({ startedAt, id }: StudyRow) => `${startedAt} ${id}`;
  return rows.sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
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
