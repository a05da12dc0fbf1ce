/** The size of a study, found by a real pilot, and a real study that goes on until it is narrow. */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { argv, endRuns, leftBehind, newOutDir, resultsIn, startCli, studyDir } from '../helpers/cli.ts';

const test = suite('e2e: design');
test.after.each(endRuns);

const ONE_CELL = '--sut read-loop --mechanisms ld-preload --warmup-floor 200 --seed 4';

interface StoredPlan {
  readonly nodes: readonly { readonly forks: readonly { readonly fork: number }[] }[];
}

test('a plan is the order that the study runs, and a pilot says how large it must be', async () => {
  const out = newOutDir();
  const planned = join(out, 'plan.json');
  const shape = argv(`${ONE_CELL} --requests 1200 --forks 3 --blocks 2`);
  const plan = await startCli(['plan', ...shape, '--json', '--out', planned]).done;
  assert.is(plan.exitCode, 0, plan.stderr);
  const outline = JSON.parse(plan.stdout) as { seed: number; cells: { treated: string; pairs: number }[] };
  assert.is(outline.seed, 4);
  assert.equal(
    outline.cells.map(({ treated, pairs }) => [treated, pairs]),
    [
      ['none', 1000],
      ['ld-preload', 1000],
    ],
  );
  const results = newOutDir();
  const run = startCli(['plan', ...shape, ...argv('--detect 2us --power 0.9 --json --out'), results]);
  const pilot = await run.done;
  assert.is(pilot.exitCode, 0, pilot.stderr);
  assert.equal(await leftBehind(run), []);
  const ran = JSON.parse(readFileSync(join(studyDir(results), 'plan.json'), 'utf8')) as StoredPlan;
  assert.equal(ran, JSON.parse(readFileSync(planned, 'utf8')), 'what was planned is what ran');
  const told = JSON.parse(pilot.stdout) as {
    power: number;
    proposals: {
      command: string;
      forks: { df: number };
      proposal: { kind: string; forks: number; expectedMs: number };
    }[];
  };
  assert.is(told.power, 0.9);
  const [proposal] = told.proposals;
  assert.is(proposal?.forks.df, 2);
  // a loop of reads differs by hundreds of ns between starts on any machine: 2 µs are within reach
  assert.is(proposal?.proposal.kind, 'reachable');
  assert.match(
    proposal?.command ?? '',
    /^hookbench run --sut read-loop --mechanisms ld-preload --requests \d+ --forks \d+ --blocks \d+ --warmup-floor 200$/,
  );
  assert.ok((proposal?.proposal.expectedMs ?? 0) > 0);
  rmSync(out, { recursive: true });
  rmSync(results, { recursive: true });
});

test('a study goes on until its interval is narrow; its looks and its forks are in the results and in the plan', async () => {
  const out = newOutDir();
  const args = argv(`run ${ONE_CELL} --requests 1200 --forks 6 --blocks 2 --until 5us --budget 60s --json`);
  const run = startCli([...args, '--out', out]);
  const { exitCode, stderr } = await run.done;
  assert.is(exitCode, 0, stderr);
  const { study, comparisons, warnings } = resultsIn(out);
  const { until } = study;
  assert.ok(until !== null);
  assert.ok(study.forks >= 4);
  assert.is(until.looks.at(-1), study.forks);
  assert.is(until.looks[0], 4);
  const [row] = comparisons;
  assert.ok(row?.block);
  assert.is(row.block.forks, study.forks);
  assert.is(row.n + row.warmupDropped, row.warmup.perFork.length * 200 + settledAndMeasured(study.forks));
  if (until.stopped === 'narrow') assert.ok((row.block.highNs - row.block.lowNs) / 2 <= 5000);
  assert.ok(warnings.some(({ code }) => code === 'until'));
  assert.match(stderr, /4 forks: the widest interval is ±.*±5\.00 µs is wanted/);
  const plan = JSON.parse(readFileSync(join(studyDir(out), 'plan.json'), 'utf8')) as StoredPlan;
  assert.equal(
    plan.nodes[0]?.forks.map(({ fork }) => fork),
    Array.from({ length: study.forks }, (_, fork) => fork),
  );
  assert.equal(await leftBehind(run), []);
  rmSync(out, { recursive: true });
});

/** 50 units over 12 blocks, 20 reads a unit; 20 units settle each block */
function settledAndMeasured(forks: number): number {
  return Math.floor((50 * forks) / 6) * 20 + forks * 2 * 20 * 20;
}

test('interrupted, it keeps what there is and says why it ended', async () => {
  const out = newOutDir();
  const run = startCli([
    ...argv(`run ${ONE_CELL} --requests 1200 --forks 6 --blocks 2 --until 1ns --json`),
    '--out',
    out,
  ]);
  await run.said('4 forks: the widest');
  process.kill(run.pid, 'SIGINT');
  const { exitCode } = await run.done;
  assert.is(exitCode, 4);
  const { study, comparisons } = resultsIn(out);
  assert.is(study.status, 'interrupted');
  assert.is(study.until?.stopped, 'interrupted');
  assert.match(study.until?.sentence ?? '', /^The study was interrupted after \d+ forks/);
  assert.ok((comparisons[0]?.block?.forks ?? 0) >= 4, 'there is an interval');
  assert.equal(await leftBehind(run), []);
  rmSync(out, { recursive: true });
});

test.run();
