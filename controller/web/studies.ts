/** The stored studies below a folder, as the page lists them: those of `hookbench studies`, with what the page links to. */

import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../analysis/results.ts';
import { type KnownRows, type ListedStudy, listStudies, stateOf } from '../store/list-studies.ts';
import { isStudyFolder } from '../store/study-row.ts';
import { readResults } from '../study/results.ts';
import { Refusal } from './refuse.ts';

/** newest first */
const MOST_LISTED = 500;
const ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

type Told = 'id' | 'startedAt' | 'suts' | 'mechanisms' | 'nodes' | 'kernels' | 'aaPassed' | 'problem' | 'hasResults';

export interface StudySummary extends Pick<ListedStudy, Told> {
  /** in words, as `hookbench studies` says it */
  readonly state: string;
  readonly hasReport: boolean;
  /** comparisons by verdict; empty without results */
  readonly verdicts: Readonly<Record<string, number>>;
}

export class Studies {
  readonly #dir: string;
  /** a folder without an index is read once, not once a visit */
  readonly #known: KnownRows = new Map();

  /** @param dir folder of study folders */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Newest first; folders that hold no study are passed over. @throws BenchError usage when the folder is gone */
  list(): StudySummary[] {
    return listStudies(this.#dir, this.#known)
      .filter(({ id }) => ID.test(id))
      .slice(0, MOST_LISTED)
      .map(summaryOf);
  }

  /** @throws Refusal 404 for a name that is none of the folder's, or has no results; 409 for results that can't be read */
  results(id: string): Results {
    const folder = this.folder(id);
    if (!existsSync(join(folder, 'results.json'))) throw new Refusal(404, `study ${id} has no results`, ANALYZE);
    try {
      return readResults(folder);
    } catch {
      throw new Refusal(409, `the results of study ${id} can't be read by this version`, ANALYZE);
    }
  }

  /** @throws Refusal 404 for a name that is none of the folder's */
  folder(id: string): string {
    const folder = join(this.#dir, id);
    if (ID.test(id) && isOwnFolder(folder) && isStudyFolder(folder)) return folder;
    throw new Refusal(404, 'there is no such study here');
  }
}

const ANALYZE = 'hookbench analyze DIR makes them';

function summaryOf(study: ListedStudy): StudySummary {
  const { id, startedAt, suts, mechanisms, nodes, kernels, aaPassed, problem, hasResults } = study;
  const verdicts: Record<string, number> = {};
  for (const { verdict } of study.verdicts) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  return {
    ...{ id, startedAt, suts, mechanisms, nodes, kernels, aaPassed, problem, hasResults, verdicts },
    state: stateOf(study),
    hasReport: existsSync(join(study.dir, 'report.html')),
  };
}

/** a link could lead anywhere */
function isOwnFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
