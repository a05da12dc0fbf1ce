/** The folder of a new study, in the controller's results folder or in one that the request names. */

import { resolve } from 'node:path';
import { BenchError } from '#proto';
import { openResults, type ResultsFolder, type StudyFolder } from '../store/results-folder.ts';

export interface OpenedStudy extends StudyFolder {
  /** Lets go of the study, and of the folder where it was opened for it. */
  close(): void;
}

/** @throws BenchError disk-full, usage or busy */
export function openStudy(
  outDir: string,
  id: string,
  o: { readonly results: ResultsFolder | undefined; readonly say: (line: string) => void },
): OpenedStudy {
  const dir = o.results?.dir ?? resolve(outDir || 'results');
  const own: ResultsFolder[] = [];
  const closeOwn = () => {
    for (const folder of own) folder.close();
  };
  try {
    const folder = o.results ?? openResults(dir, { exclusive: false, say: o.say });
    if (folder !== o.results) own.push(folder);
    const study = folder.create(id);
    const close = () => {
      study.noted();
      study.release();
      closeOwn();
    };
    return { ...study, close };
  } catch (cause) {
    closeOwn();
    throw cause instanceof BenchError ? cause : notMade(dir, cause as NodeJS.ErrnoException);
  }
}

function notMade(dir: string, cause: NodeJS.ErrnoException): BenchError {
  return new BenchError(
    cause.code === 'ENOSPC' ? 'disk-full' : 'usage',
    `the study's folder can't be made in ${dir}: ${cause.message}`,
    { nextStep: 'choose another folder with --out', cause },
  );
}
