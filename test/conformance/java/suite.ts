/** jvmti on a Java program, and the oracle, on the same scripts. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryDir } from '../../../agent/config.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import { jvmti } from '../../../agent/mechanisms/jvmti.ts';
import type { Action, HookedFunction, PlacedHook } from '../../../agent/mechanisms/mechanism.ts';
import { freshPath, ROOT } from '../../helpers/preload.ts';
import { readRings } from '../../helpers/ring.ts';
import { comparePlaced, type Disagreement } from '../compare.ts';
import { type KeywordSet, keywordsOf } from '../keyword-sets.ts';
import { limitsOf } from '../subjects.ts';
import { expectationOf, type JavaExpectation } from './oracle.ts';
import { type JavaScript, makeScript } from './scenes.ts';
import { decodeResults, encode, type ReadResult } from './script.ts';

const BLOCK_ERRNO = 'EACCES';
const BLOCKED_SAYS = 'Permission_denied';
const OPENED = ['java.io', 'java.net', 'sun.nio.ch'].flatMap((name) => [
  '--add-opens',
  `java.base/${name}=ALL-UNNAMED`,
]);

export interface JavaSubject {
  readonly functions: readonly HookedFunction[];
  readonly action: Action;
}

/** as subjects.ts has them of the others */
export const JAVA_SUBJECTS: readonly JavaSubject[] = [
  { functions: ['read'], action: 'observe' },
  { functions: ['read', 'readv'], action: 'observe' },
  { functions: ['read', 'readv'], action: 'trace' },
  { functions: ['read', 'readv'], action: 'block' },
];

export interface JavaOutcome {
  readonly reads: number;
  readonly counted: number;
  readonly hits: number;
  readonly disagreements: readonly Disagreement[];
  /** situations that came, for whoever wants to know whether all did */
  readonly seen: ReadonlySet<string>;
}

let classes: string | undefined;

/** One script in a virtual machine of its own. @param o.java the one on the PATH unless told */
export async function runJava(
  subject: JavaSubject,
  o: { seed: number; set: KeywordSet; label: string; reads: number; java?: string },
): Promise<JavaOutcome> {
  const keywords = keywordsOf(o.set);
  const script = makeScript({ ...o, keywords });
  const dir = mkdtempSync(join(memoryDir(), 'hookbench-java-'));
  const undo = new UndoStack();
  undo.push(`folder ${dir}`, { kind: 'directory', path: dir }, () => rmSync(dir, { recursive: true, force: true }));
  const order = { ...subject, keywords, blockErrno: BLOCK_ERRNO, dir, mostReads: 2 * o.reads } as const;
  try {
    const hook = await jvmti.place({ ...order, host: { pinning: pinningOf(), undo } }, 'hook');
    const { pid, results } = await runDriver(script, { dir, hook, java: o.java ?? 'java' });
    const blockedSays = subject.action === 'block' ? BLOCKED_SAYS : null;
    const expected = expectationOf(script.steps, results, { ...subject, pid, keywords, blockedSays });
    return outcomeOf(script, { results, expected, pid, hook, keywords });
  } finally {
    await undo.run();
  }
}

async function runDriver(
  { steps, stale }: JavaScript,
  o: { dir: string; hook: PlacedHook; java: string },
): Promise<{ pid: number; results: (ReadResult | null)[] }> {
  classes ??= compiled();
  const { text, data } = encode(steps);
  const path = (name: string) => join(o.dir, name);
  writeFileSync(path('script'), text);
  writeFileSync(path('data'), data);
  writeFileSync(path('stale'), stale);
  const files = ['script', 'data', 'stale', 'results'].map(path);
  const child = spawn(o.java, [...OPENED, '-cp', classes, 'JvmDriver', ...files, o.dir], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', ...o.hook.env },
  });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  try {
    const outcome = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    if (String(outcome[0]) !== 'ready\n') throw new Error(`the Java driver did not start: ${said.join('')}`);
    o.hook.assertLive(child.pid ?? 0);
    const closed = once(child, 'close');
    child.stdin.end('g');
    const [code, signal] = await closed;
    if (code !== 0) throw new Error(`the Java driver ended with ${code ?? signal}: ${said.join('')}`);
    return { pid: child.pid ?? 0, results: decodeResults(readFileSync(path('results'), 'utf8')) };
  } finally {
    child.kill('SIGKILL');
  }
}

function outcomeOf(
  { steps }: JavaScript,
  o: {
    results: readonly (ReadResult | null)[];
    expected: JavaExpectation;
    pid: number;
    hook: PlacedHook;
    keywords: readonly Buffer[];
  },
): JavaOutcome {
  const { expected, hook, keywords, pid } = o;
  const [counts, drained] = [hook.counts(), hook.drain()];
  if (counts === null || drained === null) throw new Error('a hook that tells nothing can not be held to the oracle');
  const { tellsKeyword, clockErrorNs } = limitsOf(jvmti);
  const process = { pid, reads: [...expected.reads], ...expected.empty };
  const disagreements = [
    ...expected.broken,
    ...comparePlaced(
      { counts, ...drained, empty: null },
      { processes: new Map([[pid, process]]), broken: [] },
      { keywords, windowBytes: null, tellsKeyword, clockErrorNs },
    ),
    ...emptyOnes(hook, expected),
  ];
  const seen = new Set(o.results.flatMap((result) => (result === null ? [] : [result.status.split(':')[0]!])));
  for (const { step } of steps) {
    if (step.code === 'accept') seen.add(`accepted ${step.kind}`);
    if (step.code === 'read') seen.add(`by ${step.parts.length > 1 ? 'readv' : 'read'} into ${step.into}`);
    if (step.code === 'read' && step.inThread) seen.add('in a thread');
    seen.add(step.code);
  }
  const hits = expected.reads.filter(({ keyword }) => keyword !== null).length;
  const reads = o.results.filter((result) => result !== null).length;
  return { reads, counted: expected.reads.length, hits, disagreements, seen };
}

function emptyOnes(hook: PlacedHook, { empty, either }: JavaExpectation): Disagreement[] {
  const rings = readRings(hook.env.HOOKBENCH_RING ?? '');
  const sum = (name: 'eofs' | 'errors') => rings.reduce((total, ring) => total + ring[name], 0);
  const [eofs, errors] = [sum('eofs') - empty.eofs, sum('errors') - empty.errors];
  if (eofs >= 0 && errors >= 0 && eofs + errors <= either) return [];
  return [{ step: null, what: `empty reads: ${eofs} ends and ${errors} errors too many, ${either} of either kind` }];
}

function compiled(): string {
  const out = freshPath('classes');
  const sources = ['JvmDriver', 'JvmEnds'].map((name) => join(ROOT, 'test', 'fixtures', `${name}.java`));
  const words = ['--release', '17', '-Xlint:all', '-Werror', '-d', out, ...sources];
  const { status, stderr } = spawnSync('javac', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`javac: ${stderr}`);
  return out;
}
