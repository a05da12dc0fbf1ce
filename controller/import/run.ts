/** hookbench analyze --baseline … --treated …: CSVs → results, on the terminal or in a folder. */

import { basename, resolve } from 'node:path';
import { BenchError } from '#proto';
import { analyse } from '../analysis/analyse.ts';
import type { StudyRecord } from '../analysis/record.ts';
import type { Results } from '../analysis/results.ts';
import { readCsv } from './read-csv.ts';
import { IMPORTED, type ImportedFile, type ImportOptions, importedStudy } from './study.ts';

export interface ImportRequest extends ImportOptions {
  readonly baseline: readonly string[];
  readonly treated: readonly string[];
  /** none or one: of all files; several: the i-th is of the i-th file of each arm */
  readonly conditions: readonly string[];
  readonly skipBadRows: boolean;
}

export interface Import {
  readonly files: readonly ImportedFile[];
  readonly study: StudyRecord;
}

/** Reads and checks all files. @throws BenchError usage */
export async function importCsvs(request: ImportRequest): Promise<Import> {
  const arms = [request.baseline, request.treated] as const;
  checkCounts(request);
  const files: ImportedFile[] = [];
  for (const arm of [0, 1] as const) {
    for (const [i, path] of arms[arm].entries()) {
      const rows = await readCsv(path, request);
      files.push({ arm, condition: conditionOf(request, i), file: basename(path), rows });
    }
  }
  return { files, study: importedStudy(files, request) };
}

/** The whole contract, without a folder. */
export function analyseImport({ study }: Import): Results {
  return analyse(study);
}

/** @param out checked before anything is read @returns the folder */
export async function storeImport(request: ImportRequest, out: string): Promise<Import & { readonly dir: string }> {
  // only who stores pays for loading what storing needs
  const { checkImportFolder, writeImport } = await import('./store.ts');
  const dir = resolve(out);
  checkImportFolder(dir);
  const imported = await importCsvs(request);
  writeImport(dir, imported.files, { warmup: request.warmup, command: request.command });
  return { ...imported, dir };
}

function conditionOf({ conditions }: ImportRequest, i: number): string {
  return conditions[conditions.length === 1 ? 0 : i] ?? IMPORTED;
}

function checkCounts({ baseline, treated, conditions }: ImportRequest): void {
  const missing = baseline.length === 0 ? '--baseline' : treated.length === 0 ? '--treated' : null;
  if (missing !== null) {
    throw new BenchError('usage', `${missing} is missing: a comparison needs files of both arms`, {
      nextStep: 'hookbench analyze --baseline A.csv --treated B.csv',
    });
  }
  if (conditions.length < 2) return;
  if (conditions.length === baseline.length && conditions.length === treated.length) return;
  const counts = `${conditions.length} --condition, ${baseline.length} --baseline and ${treated.length} --treated`;
  throw new BenchError(
    'usage',
    `${counts}: several conditions need one --baseline and one --treated each, in their order`,
    {
      nextStep: 'give one --condition for all files, or repeat its name for each further pair of files',
    },
  );
}
