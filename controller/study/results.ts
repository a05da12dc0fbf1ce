/** A study folder, measured here or imported → results.json and report.html, and back. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '#proto';
import { analyse } from '../analysis/analyse.ts';
import type { StudyRecord } from '../analysis/record.ts';
import { RESULTS_SCHEMA, type Results } from '../analysis/results.ts';
import { isImport, readImport } from '../import/store.ts';
import { renderHtml, renderJson, renderTracesCsv } from '../report/index.ts';
import { readStudy } from '../store/read.ts';
import { readRegular } from '../store/read-regular.ts';
import { replaceFile } from '../store/replace-file.ts';
import { figuresFromAnalysis } from './figures.ts';

/** Analyses what is stored and writes both files, and traces.csv where matches were traced. @throws BenchError usage, ErrnoException ENOSPC */
export function writeResults(dir: string): Results {
  return writeRecord(dir, recordOf(dir));
}

/** As writeResults, where the record is at hand. */
export function writeRecord(dir: string, study: StudyRecord): Results {
  const results = analyse(study);
  replaceFile(join(dir, 'results.json'), renderJson(results));
  replaceFile(join(dir, 'report.html'), renderHtml({ results, figures: figuresFromAnalysis(study) }));
  if (study.action === 'trace') replaceFile(join(dir, 'traces.csv'), renderTracesCsv(study));
  return results;
}

/** every kept match of a stored study */
export function renderStudyTraces(dir: string): string {
  return renderTracesCsv(readStudy(dir));
}

export function renderStudyHtml(dir: string): string {
  const study = recordOf(dir);
  return renderHtml({ results: analyse(study), figures: figuresFromAnalysis(study) });
}

/** a study measured here, or an import */
export function recordOf(dir: string): StudyRecord {
  return isImport(dir) ? readImport(dir) : readStudy(dir);
}

/** @throws BenchError usage when the folder holds no results of this schema */
export function readResults(dir: string): Results {
  const path = join(dir, 'results.json');
  if (!existsSync(path))
    throw new BenchError('usage', `${dir} holds no results.json`, { nextStep: `hookbench analyze ${dir}` });
  const results = JSON.parse(readRegular(path)) as Results;
  if (results.schema === RESULTS_SCHEMA) return complete(results);
  throw new BenchError('usage', `${path} has schema ${String(results.schema)}; this version reads ${RESULTS_SCHEMA}`);
}

/** what was added to the contract since the file may have been written */
function complete(results: Results): Results {
  const study: Results['study'] = { ...ADDED.study, ...results.study };
  return { ...ADDED, ...results, study };
}

const ADDED = {
  study: { functions: ['read'], blockErrno: null, timed: 'all requests' },
  mechanisms: [],
  traces: [],
  blocking: [],
} as const;
