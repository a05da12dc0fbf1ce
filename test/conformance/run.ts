/** Gives the same scripts to a mechanism and to the oracle. */

import { mkdtempSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { memoryDir } from '../../agent/config.ts';
import { pinningOf } from '../../agent/host/cores.ts';
import { UndoStack } from '../../agent/host/undo.ts';
import type { AttachedMechanism, HookOrder, PlacedHook, PlacedMechanism } from '../../agent/mechanisms/mechanism.ts';
import { readRings } from '../helpers/ring.ts';
import { compareAttached, comparePlaced, type Decider, type Disagreement, type PlacedFindings } from './compare.ts';
import { type Driver, type DriverRun, startDriver } from './driver.ts';
import { type Expectation, expectationOf } from './oracle.ts';
import type { Scenes } from './scenes.ts';
import { assemble, type Script, type StepResult } from './script.ts';
import type { Subject } from './subjects.ts';

/** one that no step of a script gives by itself */
const BLOCK_ERRNO = 'EACCES';

/** One script, what came of it, and where hook and oracle differ. */
export interface Outcome {
  readonly script: Script;
  readonly results: readonly StepResult[];
  readonly expectation: Expectation;
  readonly windowBytes: number | null;
  /** how the program ended when not as it should: then nothing else is compared */
  readonly death: string | null;
  readonly disagreements: readonly Disagreement[];
}

/** Runs each script in a process of its own under this mechanism. */
export async function runScripts(
  subject: Subject,
  keywords: readonly Buffer[],
  parts: readonly Scenes[],
): Promise<Outcome[]> {
  const dir = mkdtempSync(join(memoryDir(), 'hookbench-conformance-'));
  const undo = new UndoStack();
  undo.push(`folder ${dir}`, { kind: 'directory', path: dir }, () => rmSync(dir, { recursive: true, force: true }));
  const scripts = parts.map(({ scenes, stale }) => assemble(scenes, stale));
  const order = {
    keywords,
    action: subject.action,
    blockErrno: BLOCK_ERRNO,
    functions: subject.functions,
    host: { pinning: pinningOf(), undo },
    dir,
    mostReads: Math.max(...scripts.map(({ ops }) => ops.length)),
  } as const;
  try {
    const { mechanism } = subject;
    const bench = { subject, keywords, dir, scripts };
    return mechanism.kind === 'placed'
      ? await runPlaced(mechanism, order, bench)
      : await runAttached(mechanism, order, bench);
  } finally {
    await undo.run();
  }
}

interface Bench {
  readonly subject: Subject;
  readonly keywords: readonly Buffer[];
  readonly dir: string;
  readonly scripts: readonly Script[];
}

async function runPlaced(mechanism: PlacedMechanism, order: HookOrder, bench: Bench): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [i, script] of bench.scripts.entries()) {
    const hook = await mechanism.place(order, `hook-${i}`, bench.subject.libc);
    const { env, launcher = [] } = hook;
    const { libc } = bench.subject;
    const driver = await startDriver(script, { dir: bench.dir, name: `driver-${i}`, env, launcher, libc });
    try {
      hook.assertLive(driver.pid);
      const run = await driver.run();
      const found = findingsOf(hook);
      outcomes.push(
        judged(bench, { script, ...run, notes: [] }, (expected, decider) => comparePlaced(found, expected, decider)),
      );
    } finally {
      driver.kill();
    }
  }
  return outcomes;
}

function findingsOf(hook: PlacedHook): PlacedFindings {
  const ring = hook.env.HOOKBENCH_RING;
  const rings = ring === undefined ? [] : readRings(ring);
  const sum = (name: 'eofs' | 'errors') => rings.reduce((total, one) => total + one[name], 0);
  const empty = ring === undefined ? null : { eofs: sum('eofs'), errors: sum('errors') };
  const counts = hook.counts();
  const drained = hook.drain();
  if (counts === null || drained === null) throw new Error('a hook that tells nothing can not be held to the oracle');
  return { counts, ...drained, empty };
}

async function runAttached(mechanism: AttachedMechanism, order: HookOrder, bench: Bench): Promise<Outcome[]> {
  const drivers: Driver[] = [];
  try {
    for (const [i, script] of bench.scripts.entries())
      drivers.push(await startDriver(script, { dir: bench.dir, name: `driver-${i}` }));
    const pids = drivers.map(({ pid }) => pid);
    const hook = await mechanism.attach(order, pids, new AbortController().signal);
    const runs: DriverRun[] = [];
    try {
      for (const driver of drivers) runs.push(await driver.run());
    } catch (error) {
      await hook.detach();
      throw error;
    }
    const findings = await hook.detach();
    return bench.scripts.map((script, i) =>
      judged(bench, { script, ...runs[i]!, notes: hook.notes }, (expected, decider) => {
        const found = findings.find(({ pid }) => pid === pids[i]);
        const process = expected.processes.get(pids[i]!) ?? { pid: pids[i]!, reads: [], eofs: 0, errors: 0 };
        if (found === undefined) return [{ step: null, what: `nothing is known of process ${pids[i]}` }];
        return compareAttached(found, process, decider);
      }),
    );
  } finally {
    for (const driver of drivers) driver.kill();
  }
}

type Compare = (expected: Expectation, decider: Decider) => Disagreement[];

function judged(
  { subject, keywords }: Bench,
  run: DriverRun & { script: Script; notes: readonly string[] },
  compare: Compare,
): Outcome {
  const { script, results, death, notes } = run;
  const { limits, functions, action } = subject;
  const windowBytes = limits.windowBytes(notes);
  const expectation = expectationOf(script, results, {
    functions,
    keywords,
    windowBytes,
    blockErrno: action === 'block' ? constants.errno[BLOCK_ERRNO] : null,
    followsFcntl: limits.followsFcntl,
    followsForks: limits.followsForks,
  });
  const decider = { keywords, windowBytes, tellsKeyword: limits.tellsKeyword, clockErrorNs: limits.clockErrorNs };
  const disagreements = death === null ? [...expectation.broken, ...compare(expectation, decider)] : [deadAt(run)];
  return { script, results, expectation, windowBytes, death, disagreements };
}

function deadAt({ results, death }: DriverRun): Disagreement {
  return { step: results.findLastIndex(({ done }) => done) + 1, what: death ?? '' };
}
