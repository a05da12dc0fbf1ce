/** What a study that its controller left behind becomes: its torn tails are cut off, it is interrupted, and what was done is said. */

import { readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { asBenchError } from '#proto';
import { advanced } from './lifecycle.ts';
import { isEnded, readMeta, type StudyMeta } from './meta.ts';
import { nextFrame } from './next-frame.ts';
import { cutTail } from './quarantine.ts';
import { segmentFiles } from './records.ts';
import { replaceFile } from './replace-file.ts';
import { type RunFacts, runFacts } from './run-facts.ts';
import { storedSegments } from './stored-segments.ts';

export interface Cut {
  readonly file: string;
  /** bytes cut off, and from where on */
  readonly bytes: number;
  readonly at: number;
  readonly why: string;
  /** where they are now; null where they were nothing but zeros */
  readonly keptIn: string | null;
}

export interface Recovered {
  readonly study: string;
  readonly was: 'planned' | 'running';
  readonly cuts: readonly Cut[];
  readonly runs: readonly RunFacts[];
  /** damage that was left as it is */
  readonly left: readonly string[];
  /** one sentence for each thing that was found or done */
  readonly told: readonly string[];
}

/** The caller holds the study's lock.
 * @returns null where there was nothing to do
 * @throws BenchError usage when study.json can't be read; ErrnoException when it can't be replaced */
export function recoverStudy(dir: string, study: string): Recovered | null {
  const meta = readMeta(dir);
  if (isEnded(meta.status)) return null;
  const was = meta.status as Recovered['was'];
  const segments = segmentFiles(dir).map((file) => recoverSegment(dir, file));
  const cuts = segments.flatMap(({ cut }) => cut ?? []);
  const left = segments.flatMap((segment) => segment.left);
  const runs = segments.flatMap(({ run }) => run ?? []);
  const [records, samples] = [sum(runs.map((run) => run.records)), sum(runs.map((run) => run.samples))];
  const told = [
    `study ${study} was ${was} when its controller ended; it is interrupted now, with ${counted(records, 'record')} and ${counted(samples, 'sample')}`,
    ...cuts.map(cutSentence),
    ...left,
  ];
  replaceFile(join(dir, 'study.json'), `${JSON.stringify(interrupted(dir, meta, { told, runs }), null, 2)}\n`);
  return { study, was, cuts, runs, left, told };
}

function interrupted(dir: string, meta: StudyMeta, { told, runs }: Pick<Recovered, 'told' | 'runs'>): StudyMeta {
  const warnings = [...meta.warnings, ...told.map((detail) => ({ code: 'recovered', detail }))];
  const finishedAt = lastStored(dir, meta.startedAt);
  return advanced(meta, { status: 'interrupted', finishedAt, warnings, segments: storedSegments(runs) });
}

/** when the last record was written: nobody knows when the controller ended */
function lastStored(dir: string, startedAt: string): string {
  const times = segmentFiles(dir).map((file) => statSync(join(dir, 'samples', file)).mtime.toISOString());
  return [startedAt, ...times].sort().at(-1) ?? startedAt;
}

function recoverSegment(dir: string, file: string): { cut?: Cut; run?: RunFacts; left: string[] } {
  const path = join(dir, 'samples', file);
  try {
    const { end, ...run } = runFacts(path, file);
    if (end.tornBytes === 0) return { run, left: [] };
    const { stop: why, goodBytes: at, tornBytes: bytes } = end;
    const goesOn = nextFrame(path, at);
    if (goesOn !== null) {
      return {
        run,
        left: [`${file} is damaged at byte ${at} (${why}) and goes on at ${goesOn}: hookbench fsck ${dir} --repair`],
      };
    }
    const { keptIn } = cutTail(dir, join('samples', file), { at, bytes, why });
    return { cut: { file, bytes, at, why, keptIn }, run: { ...run, bytes: at }, left: [] };
  } catch (error) {
    return { left: [`${file} was left as it is: ${asBenchError(error).message}`] };
  }
}

function cutSentence({ file, bytes, at, why, keptIn }: Cut): string {
  const where = keptIn === null ? 'nothing but zeros' : `kept in ${keptIn}`;
  return `${file}: cut off ${counted(bytes, 'byte')} behind byte ${at} (${why}), which hold no whole record; ${where}`;
}

const EMPTY_FOR_MS = 3_600_000;

/** A controller that ended between making a study's folder and writing study.json left a folder with nothing in it.
 * @returns whether it was removed. Another may be making it this very moment: young ones stay. */
export function removeEmptyStudy(dir: string): boolean {
  try {
    if (Date.now() - statSync(dir).mtimeMs < EMPTY_FOR_MS) return false;
    const names = readdirSync(dir).filter((name) => !/^study\.json\.\d+\.new$/.test(name));
    if (names.length !== 1 || names[0] !== 'samples') return false;
    rmdirSync(join(dir, 'samples'));
    for (const name of readdirSync(dir)) rmSync(join(dir, name));
    rmdirSync(dir);
    return true;
  } catch {
    return false;
  }
}

function counted(n: number, what: string): string {
  return `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
