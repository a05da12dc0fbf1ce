/** One study in a list of studies: in short, from its folder. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '../analysis/results.ts';
import { readMeta, type StudyMeta, type StudyStatus } from './meta.ts';
import { readRegular } from './read-regular.ts';

export interface ShortVerdict {
  readonly sut: string;
  readonly condition: string;
  readonly node: string;
  readonly treated: string;
  readonly verdict: string;
  /** shift at the median, ns; null where there is no estimate */
  readonly shiftNs: number | null;
}

export interface StudyRow {
  /** name of its folder */
  readonly id: string;
  readonly kind: 'study' | 'import';
  /** null where study.json can't be read */
  readonly status: StudyStatus | null;
  /** '' where it is not known */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly suts: readonly string[];
  readonly mechanisms: readonly string[];
  readonly conditions: readonly string[];
  readonly nodes: readonly string[];
  /** of the nodes, each once; empty where it is not known */
  readonly kernels: readonly string[];
  readonly action: string;
  readonly requestsPerArm: number;
  readonly forks: number;
  /** of the segments */
  readonly bytes: number;
  /** stored samples; null where nobody has counted them */
  readonly samples: number | null;
  /** null where results.json is missing */
  readonly aaPassed: boolean | null;
  readonly verdicts: readonly ShortVerdict[];
  readonly hasResults: boolean;
  /** what keeps it from being read, '' when nothing does */
  readonly problem: string;
}

/** files that a row is made from: where they are as they were, so is the row */
const SOURCES = ['study.json', 'import.json', 'results.json', 'samples'] as const;

/** @returns names of the folders below a results folder that hold a study or an import, sorted */
export function studyIds(resultsDir: string): string[] {
  if (!existsSync(resultsDir)) return [];
  return readdirSync(resultsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .filter((name) => isStudyFolder(join(resultsDir, name)))
    .sort();
}

export function isStudyFolder(dir: string): boolean {
  return existsSync(join(dir, 'study.json')) || existsSync(join(dir, 'import.json'));
}

/** changes whenever a file does that the row is made from */
export function fingerprintOf(dir: string): string {
  return SOURCES.map((name) => {
    const found = statSync(join(dir, name), { throwIfNoEntry: false, bigint: true });
    return found === undefined ? '-' : `${found.mtimeNs}.${found.size}`;
  }).join(' ');
}

/** Never throws for what is in the folder: what is wrong is in `problem`. */
export function studyRow(dir: string, id: string): Omit<StudyRow, 'samples'> {
  const { results, problem } = readShort(dir);
  const shown = { ...shortOf(results), hasResults: results !== null };
  const bytes = segmentBytes(dir);
  try {
    if (!existsSync(join(dir, 'study.json'))) return { ...importRow(id, results), ...shown, bytes, problem };
    return { ...metaRow(id, readMeta(dir)), ...shown, bytes, problem };
  } catch (error) {
    return { ...EMPTY, id, ...shown, bytes, problem: (error as Error).message };
  }
}

const EMPTY = {
  ...{ kind: 'study' as const, status: null, startedAt: '', finishedAt: null, suts: [], mechanisms: [] },
  ...{ conditions: [], nodes: [], kernels: [], action: '', requestsPerArm: 0, forks: 0 },
};

type Described = Pick<StudyRow, 'id' | keyof typeof EMPTY>;

function metaRow(id: string, meta: StudyMeta): Described {
  const { status, startedAt, finishedAt, mechanisms, conditions, action, requestsPerArm, forks } = meta;
  const suts = meta.suts.map((sut) => sut.id);
  const nodes = meta.nodes.map((node) => node.id);
  const kernels = [...new Set(meta.nodes.map((node) => node.facts.kernel))];
  const same = { status, startedAt, finishedAt, mechanisms, conditions, action, requestsPerArm, forks };
  return { ...same, id, kind: 'study', suts, nodes, kernels };
}

function importRow(id: string, results: Results | null): Described {
  if (results === null) return { ...EMPTY, id, kind: 'import' };
  const { comparisons, study } = results;
  const distinct = (of: (c: Results['comparisons'][number]) => string) => [...new Set(comparisons.map(of))];
  return {
    ...{ ...EMPTY, id, kind: 'import', status: 'complete', startedAt: study.startedAt },
    ...{ suts: distinct(({ sut }) => sut), conditions: distinct(({ condition }) => condition) },
    ...{ mechanisms: ['none', ...distinct(({ treated }) => treated)], nodes: distinct(({ node }) => node) },
    ...{ action: study.action, requestsPerArm: study.requestsPerArm, forks: study.forks },
  };
}

function shortOf(results: Results | null): Pick<StudyRow, 'aaPassed' | 'verdicts'> {
  if (results === null) return { aaPassed: null, verdicts: [] };
  const verdicts = results.comparisons.map(({ sut, condition, node, treated, verdict, shifts }) => ({
    ...{ sut, condition, node, treated, verdict },
    shiftNs: shifts.p50?.estimateNs ?? null,
  }));
  return { aaPassed: results.aa.comparisons.length === 0 ? null : results.aa.passed, verdicts };
}

function readShort(dir: string): { results: Results | null; problem: string } {
  const path = join(dir, 'results.json');
  if (!existsSync(path)) return { results: null, problem: '' };
  try {
    const results = JSON.parse(readRegular(path)) as Results;
    shortOf(results);
    return { results, problem: '' };
  } catch (error) {
    return { results: null, problem: `results.json can't be read: ${(error as Error).message}` };
  }
}

function segmentBytes(dir: string): number {
  const folder = join(dir, 'samples');
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}
