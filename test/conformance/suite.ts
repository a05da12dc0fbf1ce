/** The whole comparison: every mechanism there is here, on the same scripts. */

import type { Mechanism } from '../../agent/mechanisms/mechanism.ts';
import { addCoverage, type Coverage, NO_COVERAGE } from './coverage.ts';
import { type KeywordSet, keywordsOf } from './keyword-sets.ts';
import { reproduction } from './reproduction.ts';
import { runScripts } from './run.ts';
import { makeScenes, type Scenes } from './scenes.ts';
import { driverOn, muslSubjectsOf, type Subject, subjectsOf } from './subjects.ts';

export interface SuiteOptions {
  readonly seed: number;
  /** reads given to each mechanism, at least */
  readonly reads: number;
  /** runs at most for finding a smaller script that disagrees */
  readonly shrinkTries: number;
  /** only these keyword lists; null for all */
  readonly lists: readonly KeywordSet[] | null;
  /** how many processes share the reads of one keyword list: each is one more that a probe is attached to */
  readonly processes: number;
  readonly tell: (line: string) => void;
}

export interface SubjectReport {
  readonly name: string;
  /** why it was not run; null when it was */
  readonly skipped: string | null;
  readonly coverage: Coverage;
  /** one text for each script on which hook and oracle differ */
  readonly disagreements: readonly string[];
}

/** how the reads are shared out among the keyword lists, in tenths */
const SHARES: readonly (readonly [KeywordSet, number])[] = [
  ['default', 6],
  ['hostile', 3],
  ['nul', 1],
];
/** disagreements of a mechanism for which a small script is looked for; the others most likely have the same cause */
const MADE_SMALLER = 2;

/** the lists, and what part of the reads each has */
export function keywordSets(): { readonly set: KeywordSet; readonly share: number }[] {
  const all = SHARES.reduce((sum, [, share]) => sum + share, 0);
  return SHARES.map(([set, share]) => ({ set, share: share / all }));
}

/** Every way in which each of these mechanisms is run. */
export async function runSuite(mechanisms: readonly Mechanism[], o: SuiteOptions): Promise<SubjectReport[]> {
  const reports: SubjectReport[] = [];
  for (const subject of [...subjectsOf(mechanisms), ...muslSubjectsOf(mechanisms)])
    reports.push(await runSubject(subject, o));
  return reports;
}

/** One of them. */
export async function runSubject(subject: Subject, o: SuiteOptions): Promise<SubjectReport> {
  const skipped = await lackingFor(subject);
  if (skipped !== null) {
    o.tell(`${subject.name}: not here (needs ${skipped})`);
    return { name: subject.name, skipped, coverage: NO_COVERAGE, disagreements: [] };
  }
  const startedMs = performance.now();
  let coverage: Coverage = NO_COVERAGE;
  const disagreements: string[] = [];
  const shares = SHARES.filter(
    ([set]) => (set !== 'nul' || subject.limits.takesNul) && (o.lists?.includes(set) ?? true),
  );
  const tenths = shares.reduce((sum, [, share]) => sum + share, 0);
  for (const [set, share] of shares) {
    const keywords = keywordsOf(set);
    const parts = partsOf(subject, { ...o, set, keywords, reads: Math.ceil((o.reads * share) / tenths) });
    const outcomes = await runScripts(subject, keywords, parts);
    for (const [part, outcome] of outcomes.entries()) {
      coverage = addCoverage(coverage, outcome, set);
      if (outcome.disagreements.length === 0) continue;
      const where = { ...o, subject, set, keywords, part, scenes: parts[part]! };
      disagreements.push(await reproduction(where, outcome, disagreements.length < MADE_SMALLER ? o.shrinkTries : 0));
    }
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  o.tell(`${subject.name}: ${coverageLine(coverage)}; ${disagreements.length} disagreements; ${seconds} s`);
  for (const text of disagreements) o.tell(text);
  return { name: subject.name, skipped: null, coverage, disagreements };
}

async function lackingFor(subject: Subject): Promise<string | null> {
  const { support, needs, found } = await subject.mechanism.probe();
  if (support !== 'supported') return `${needs}; found ${found}`;
  return subject.mechanism.unsuited?.(driverOn(subject.libc)) ?? null;
}

function partsOf(
  subject: Subject,
  o: { seed: number; processes: number; set: KeywordSet; keywords: readonly Buffer[]; reads: number },
): Scenes[] {
  const count = Math.min(o.processes, Math.max(1, Math.ceil(o.reads / 500)));
  return Array.from({ length: count }, (_, part) =>
    makeScenes({
      label: `${o.set} ${part}`,
      seed: o.seed,
      keywords: o.keywords,
      functions: subject.functions,
      reads: Math.ceil(o.reads / count),
    }),
  );
}

function coverageLine({ reads, counted, hits, bytes }: Coverage): string {
  const number = (n: number) => n.toLocaleString('en-US');
  return `${number(reads)} reads, ${number(counted)} of them to be counted, ${number(hits)} with a keyword, ${number(bytes)} bytes`;
}
