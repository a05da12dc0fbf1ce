/** fsck of a study, an import, or a results folder with all that are in it. */

import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { asBenchError, BenchError } from '#proto';
import { isImport, readImport } from '../../import/store.ts';
import { takeLock } from '../lock.ts';
import { isBeingWritten, openResults, stateDirOf } from '../results-folder.ts';
import { isStudyFolder, studyIds } from '../study-row.ts';
import { checkStudy } from './check.ts';
import { damage, type FolderReport, isDamaged } from './finding.ts';
import { repairStudy } from './repair.ts';

export interface FsckReport {
  readonly dir: string;
  readonly folders: readonly (FolderReport & { readonly repaired: readonly string[] })[];
  readonly isDamaged: boolean;
}

export interface FsckOptions {
  readonly repair: boolean;
  /** makes results.json and report.html again */
  readonly analyse: (dir: string) => void;
}

/** @param dir a study, an import, or a folder of them
 * @throws BenchError usage when it is none of these; busy when another process writes what is to be repaired */
export function fsck(dir: string, o: FsckOptions): FsckReport {
  const dirs = foldersIn(dir);
  const folders = dirs.map((one) => fsckOne(one, o));
  if (o.repair) for (const results of new Set(dirs.map((one) => dirname(resolve(one))))) rebuildIndex(results);
  return { dir, folders, isDamaged: folders.some(({ findings }) => isDamaged(findings)) };
}

function foldersIn(dir: string): string[] {
  if (isStudyFolder(dir)) return [dir];
  const ids = studyIds(dir);
  if (ids.length > 0) return ids.map((id) => join(dir, id));
  if (existsSync(join(dir, 'samples'))) return [dir];
  throw new BenchError('usage', `${dir} holds no study`, {
    nextStep: 'name the folder of a study, e.g. results/STUDY-ID, or the folder they are in',
  });
}

function fsckOne(dir: string, o: FsckOptions): FsckReport['folders'][number] {
  if (isImport(dir)) return { ...checkImport(dir), repaired: [] };
  const found = checkStudy(dir);
  if (!o.repair || !isDamaged(found.findings)) return { ...found, repaired: [] };
  return underLock(dir, () => {
    const { done, isChanged } = repairStudy(found);
    const isUnlike = found.findings.some(({ code }) => code === 'results-missing' || code === 'results-mismatch');
    const again =
      isChanged ||
      isUnlike ||
      found.findings.some(({ file, code }) => code === 'unreadable' && file === 'results.json');
    const repaired = again ? [...done, analysed(dir, o)] : done;
    return { ...checkStudy(dir), repaired };
  });
}

function analysed(dir: string, { analyse }: FsckOptions): string {
  try {
    analyse(dir);
    return 'results.json and report.html made again from the samples';
  } catch (error) {
    return `results.json could not be made again: ${asBenchError(error).message}`;
  }
}

/** where a controller could begin to recover it meanwhile */
function underLock<T>(dir: string, work: () => T): T {
  const results = dirname(resolve(dir));
  if (!existsSync(stateDirOf(results))) return work();
  if (isBeingWritten(results, basename(resolve(dir)))) throw busy(dir);
  const lock = takeLock(join(stateDirOf(results), 'fsck.lock'));
  if (lock === 'taken') throw busy(dir);
  try {
    return work();
  } finally {
    lock?.release();
  }
}

function busy(dir: string): BenchError {
  return new BenchError('busy', `${dir} is being written or repaired by another process`, {
    nextStep: 'wait for its end',
  });
}

/** only where a controller or a run has made one */
function rebuildIndex(resultsDir: string): void {
  if (existsSync(stateDirOf(resultsDir))) openResults(resultsDir, { exclusive: false, say: () => undefined }).close();
}

function checkImport(dir: string): FolderReport {
  const id = basename(resolve(dir));
  const nothing = { dir, id, kind: 'import' as const, records: 0 };
  try {
    const { batches } = readImport(dir);
    const samples = batches.reduce((sum, { latencyNs }) => sum + latencyNs.length, 0);
    return { ...nothing, segments: batches.length, samples, bytes: 16 * samples, findings: [] };
  } catch (error) {
    const { message } = asBenchError(error);
    const finding = damage(
      'import-damaged',
      'samples',
      message,
      'import the CSVs again: hookbench analyze --baseline …',
    );
    return { ...nothing, segments: 0, samples: 0, bytes: 0, findings: [finding] };
  }
}
