/** The stored studies below a folder, as the page lists them. Read without blocking for long, and again only what changed. */

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RESULTS_SCHEMA, type Results } from '../analysis/results.ts';
import { META_SCHEMA, type StudyMeta } from '../store/meta.ts';
import { Refusal } from './refuse.ts';

/** newest first */
const MOST_LISTED = 500;
const MOST_RESULTS_BYTES = 64 * 1024 * 1024;
const ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

export interface StudySummary {
  readonly id: string;
  readonly status: string;
  readonly startedAt: string;
  readonly suts: readonly string[];
  readonly mechanisms: readonly string[];
  readonly conditions: readonly string[];
  readonly nodes: readonly { readonly id: string; readonly kernel: string }[];
  readonly action: string;
  readonly forks: number;
  readonly requestsPerArm: number;
  readonly hasReport: boolean;
  /** null without results */
  readonly aaPassed: boolean | null;
  /** comparisons by verdict; empty without results */
  readonly verdicts: Readonly<Record<string, number>>;
}

export class Studies {
  readonly #dir: string;
  readonly #known = new Map<string, { stamp: string; summary: StudySummary | null }>();

  /** @param dir folder of study folders, or one study's own */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Newest first; folders that hold no study are passed over. */
  async list(): Promise<StudySummary[]> {
    const found: StudySummary[] = [];
    for (const id of await this.#ids()) {
      const summary = await this.#summary(id);
      if (summary !== null) found.push(summary);
      if (found.length >= MOST_LISTED) break;
    }
    return found.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  }

  /** @returns null where it has none @throws Refusal 404 */
  async results(id: string): Promise<Results | null> {
    return readResults(await this.folder(id));
  }

  /** @throws Refusal 404 for a name that is none of the folder's */
  async folder(id: string): Promise<string> {
    if (ID.test(id) && (await this.#ids()).includes(id)) return join(this.#dir, id);
    throw new Refusal(404, 'there is no such study here');
  }

  /** study ids begin with their time: by name is by age */
  async #ids(): Promise<string[]> {
    const entries = await readdir(this.#dir, { withFileTypes: true }).catch(() => []);
    const folders = entries.filter((entry) => entry.isDirectory() && ID.test(entry.name));
    return folders.map(({ name }) => name).sort((a, b) => (a < b ? 1 : -1));
  }

  async #summary(id: string): Promise<StudySummary | null> {
    const folder = join(this.#dir, id);
    const stamps = await Promise.all(
      ['study.json', 'results.json', 'report.html'].map((name) => stampOf(folder, name)),
    );
    const stamp = stamps.join(' ');
    const known = this.#known.get(id);
    if (known?.stamp === stamp) return known.summary;
    const hasReport = stamps[2] !== '';
    const results = await readResults(folder).catch(() => null);
    const summary = results === null ? await fromMeta(id, folder) : fromResults(id, results, hasReport);
    this.#known.set(id, { stamp, summary });
    return summary;
  }
}

async function stampOf(folder: string, name: string): Promise<string> {
  const found = await stat(join(folder, name)).catch(() => null);
  return found === null ? '' : `${found.mtimeMs}:${found.size}`;
}

async function readResults(folder: string): Promise<Results | null> {
  const path = join(folder, 'results.json');
  const found = await stat(path).catch(() => null);
  if (found === null || found.size > MOST_RESULTS_BYTES) return null;
  const results = JSON.parse(await readFile(path, 'utf8')) as Results | null;
  return results?.schema === RESULTS_SCHEMA ? results : null;
}

function fromResults(id: string, { study, nodes, aa, comparisons }: Results, hasReport: boolean): StudySummary {
  const verdicts: Record<string, number> = {};
  for (const { verdict } of comparisons) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  const { status, startedAt, suts, mechanisms, conditions, action, forks, requestsPerArm } = study;
  return {
    ...{ id, status, startedAt, suts, mechanisms, conditions, action, forks, requestsPerArm, hasReport, verdicts },
    nodes: nodes.map((node) => ({ id: node.id, kernel: node.kernel })),
    aaPassed: aa.comparisons.length === 0 ? null : aa.passed,
  };
}

/** a study that is under way, or whose results were never written */
async function fromMeta(id: string, folder: string): Promise<StudySummary | null> {
  const text = await readFile(join(folder, 'study.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const meta = JSON.parse(text) as StudyMeta | null;
    if (meta?.schema !== META_SCHEMA) return null;
    const { status, startedAt, mechanisms, conditions, action, forks, requestsPerArm } = meta;
    return {
      ...{ id, status, startedAt, mechanisms, conditions, action, forks, requestsPerArm },
      suts: meta.suts.map((sut) => sut.id),
      nodes: meta.nodes.map((node) => ({ id: node.id, kernel: node.facts.kernel })),
      ...{ hasReport: false, aaPassed: null, verdicts: {} },
    };
  } catch {
    return null;
  }
}
