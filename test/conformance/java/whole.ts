/** The whole comparison for jvmti: every keyword list, in as many virtual machines as are asked for. */

import { jvmti } from '../../../agent/mechanisms/jvmti.ts';
import { keywordSets, type SubjectReport, type SuiteOptions } from '../suite.ts';
import { reproductionOf } from './reproduction.ts';
import { JAVA_SUBJECTS, type JavaSubject, runJava } from './suite.ts';

/** reads of one script at most: the ring of a thread must hold them */
const MOST_READS = 4000;
const TOLD = 5;

export interface JavaReport extends Pick<SubjectReport, 'name' | 'skipped'> {
  readonly disagreements: readonly string[];
}

export async function runJavaSuite(
  o: Pick<SuiteOptions, 'seed' | 'reads' | 'tell'> & { java?: string },
): Promise<JavaReport[]> {
  const { support, needs, found } = await jvmti.probe();
  if (support !== 'supported') {
    o.tell(`jvmti: not here (needs ${needs}; found ${found})`);
    return [{ name: 'jvmti', skipped: found, disagreements: [] }];
  }
  const reports: JavaReport[] = [];
  for (const subject of JAVA_SUBJECTS) reports.push(await runJavaSubject(subject, o));
  return reports;
}

async function runJavaSubject(
  subject: JavaSubject,
  o: { seed: number; reads: number; tell: (line: string) => void; java?: string },
): Promise<JavaReport> {
  const name = `jvmti ${subject.action} (${subject.functions.join(', ')})`;
  const startedMs = performance.now();
  const sum = { reads: 0, counted: 0, hits: 0 };
  const disagreements: string[] = [];
  for (const { set, share } of keywordSets()) {
    const wanted = Math.ceil(o.reads * share);
    const parts = Math.ceil(wanted / MOST_READS);
    for (let part = 0; part < parts; part++) {
      const where = { ...o, set, label: `${set} ${part}`, reads: Math.ceil(wanted / parts) };
      const outcome = await runJava(subject, where);
      sum.reads += outcome.reads;
      sum.counted += outcome.counted;
      sum.hits += outcome.hits;
      if (outcome.disagreements.length === 0) continue;
      const told = outcome.disagreements.slice(0, TOLD).map(({ step, what }) => `  step ${step ?? '-'}: ${what}`);
      disagreements.push([reproductionOf(subject, where), ...told].join('\n'));
    }
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const counts = `${sum.reads} reads, ${sum.counted} of them to be counted, ${sum.hits} with a keyword`;
  o.tell(`${name}: ${counts}; ${disagreements.length} disagreements; ${seconds} s`);
  for (const text of disagreements) o.tell(text);
  return { name, skipped: null, disagreements };
}
