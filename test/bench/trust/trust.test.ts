import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchError } from '#proto';
import { analyse } from '../../../controller/analysis/analyse.ts';
import type { Comparison, Results } from '../../../controller/analysis/results.ts';
import { armSamples, cellsOf } from '../../../controller/analysis/select.ts';
import { lag1Autocorrelation } from '../../../controller/stats/autocorrelation.ts';
import { quantile } from '../../../controller/stats/quantile.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import { mean } from '../../../controller/stats/summary.ts';
import { near } from '../../oracle/near.ts';
import { runTrust, TRUST_SCHEMA, type TrustResult } from './bench.ts';
import { Budget } from './budget.ts';
import { type Analysis, JUDGES } from './judges.ts';
import { measureStudy } from './live-study.ts';
import { PARTS, readOptions } from './options.ts';
import { reportOf } from './report.ts';
import { judge, shareOf } from './share.ts';
import { simulate } from './simulation.ts';
import { buildSpinServer, checkSpin, delayId, register } from './spin-sut.ts';
import { BURSTY, Disturbance, WANDERING } from './world.ts';

const never = new AbortController().signal;
const times = (most: number) => new Budget({ ms: 60_000, most, signal: never });
/** one study of each shape, and two of the default and of --quick */
const ROUND = 7;

const simulation = suite('bench:trust, simulated');

simulation('the same seed gives the same result, another one another', async () => {
  const [first, again, other] = await Promise.all([3, 3, 4].map((seed) => simulate({ seed, budget: times(4) })));
  assert.equal(first, again);
  assert.not.equal(first?.rows, other?.rows);
  assert.is(first?.studies, 4);
  const names = first?.rows.map(({ name, design }) => `${name} ${design}`) ?? [];
  for (const name of ['6 × 4 alternated', '6 × 4 sliced', '4 × 1 sliced', 'bursty alternated']) {
    assert.ok(names.includes(name), `${name} in ${names.join(', ')}`);
  }
});

/** the paper's test in the place of block inference: every request a unit of its own */
const naive: Analysis = (study) =>
  eachRow(analyse(study), ({ block, meanShiftNs, studentT }) => {
    const reachNs = Math.abs((1.96 * meanShiftNs) / studentT.t);
    return block && { ...block, lowNs: meanShiftNs - reachNs, highNs: meanShiftNs + reachNs };
  });

/** intervals of a third of their width */
const boastful: Analysis = (study) =>
  eachRow(analyse(study), ({ block }) => {
    const reachNs = block === null ? 0 : (block.highNs - block.lowNs) / 6;
    return block && { ...block, lowNs: block.estimateNs - reachNs, highNs: block.estimateNs + reachNs };
  });

function eachRow(results: Results, blockOf: (row: Comparison) => Comparison['block']): Results {
  const changed = (row: Comparison) => ({ ...row, block: blockOf(row) });
  return {
    ...results,
    comparisons: results.comparisons.map(changed),
    aa: { ...results.aa, comparisons: results.aa.comparisons.map(changed) },
  };
}

simulation('an analysis that takes requests for units is found out, the product is not', async () => {
  const [broken, boast, product] = await Promise.all(
    [naive, boastful, analyse].map((analysis) => simulate({ seed: 1, budget: times(2 * ROUND), analysis })),
  );
  const share = (result: typeof broken) =>
    Math.min(
      ...(result?.rows ?? []).filter(({ name }) => name.startsWith('all')).map((r) => r.falsePositives.share ?? 0),
    );
  assert.ok(share(broken) > 0.2, `${share(broken)}`);
  assert.is(broken?.judgement.falsePositives, 'missed');
  assert.is(broken?.judgement.coverage, 'missed');
  assert.ok(share(boast) > 0.2, `${share(boast)}`);
  assert.is(boast?.judgement.coverage, 'missed');
  assert.ok(share(product) < 0.2, `${share(product)}`);
  assert.is.not(product?.judgement.falsePositives, 'missed');
  assert.is.not(product?.judgement.coverage, 'missed');
});

simulation('the noise has the shape that README.md tells', () => {
  for (const [world, lag1, p99] of [
    [BURSTY, 0.45, 11.3],
    [WANDERING, 0.35, 3.7],
  ] as const) {
    const lives = Array.from({ length: 12 }, (_, seed) => {
      const disturbance = new Disturbance(world, seed);
      return Float64Array.from({ length: 15_000 }, () => disturbance.nextNs() / world.iqrNs);
    });
    const found = mean(Float64Array.from(lives, (life) => lag1Autocorrelation(life)));
    assert.ok(Math.abs(found - lag1) < 0.1, `${world.name}: ${found}`);
    const sorted = sortedCopy(Float64Array.from(lives.flatMap((life) => [...life])));
    near(quantile(sorted, 0.75) - quantile(sorted, 0.25), 1, 0.15);
    assert.ok(Math.abs(quantile(sorted, 0.99) / p99 - 1) < 0.2, `${world.name}: ${quantile(sorted, 0.99)}`);
  }
});

const parts = suite('bench:trust, its parts');

parts('shares carry exact intervals', () => {
  // scipy 1.17.1: binomtest(k, n).proportion_ci(method='exact')
  for (const [count, of, low, high] of [
    [0, 20, 0, 0.16843347098308548],
    [5, 100, 0.016431879181728278, 0.11283491110546288],
    [20, 400, 0.030805241143280735, 0.0761669727551424],
    [200, 200, 0.9817246596448512, 1],
    [190, 200, 0.9099724622984412, 0.9757658345278917],
  ] as const) {
    const found = shareOf(count, of);
    near(found.low, low, 1e-10);
    near(found.high, high, 1e-10);
  }
  const judged = (
    [
      [20, 400],
      [0, 20],
      [60, 400],
      [0, 0],
    ] as const
  ).map(([k, n]) => judge(shareOf(k, n), [0.03, 0.07]));
  assert.equal(judged, ['met', 'unclear', 'missed', 'unclear']);
});

parts('a budget ends in time, and with what is under way', async () => {
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const before = performance.now();
  const done = await new Budget({ ms: 300, signal: never }).repeat(() => wait(100));
  assert.ok(done >= 1 && done <= 3, `${done}`);
  assert.ok(performance.now() - before < 5_000);
  assert.is(await new Budget({ ms: 60_000, signal: AbortSignal.abort() }).repeat(() => wait(1)), 0);
});

parts('a budget tells of what failed, and gives up when all does', async () => {
  const failing = (from: number, to: number) => (i: number) => {
    if (i >= from && i < to) throw new BenchError('sut-unready', `study ${i}`);
  };
  const budget = times(5);
  assert.is(await budget.repeat(failing(1, 3)), 5);
  assert.equal(budget.failures, ['study 1', 'study 2']);
  const gaveUp = await times(5)
    .repeat(failing(1, 9))
    .catch((error: unknown) => error);
  assert.match(String(gaveUp), /study 3/);
});

parts('options: what is wrong is named', () => {
  assert.equal(readOptions([]).parts, PARTS);
  assert.equal(readOptions(['--part', 'simulation,aa']).parts, ['aa', 'simulation']);
  assert.throws(() => readOptions(['--minutes', '11']), /--minutes 11/);
  assert.throws(() => readOptions(['--minutes', 'x']), /--minutes x/);
  assert.throws(() => readOptions(['--part', 'all']), /unknown part all; known: aa, shift, simulation/);
  assert.throws(() => readOptions(['--sed', '1']), /--sed/);
});

parts('the command: JSON, and exit codes', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'main.ts'), ...args], {
      encoding: 'utf8',
    });
  const refused = run('--minutes', '0');
  assert.is(refused.status, 2);
  assert.match(refused.stderr, /--help shows the options/);
  const { status, stdout } = run('--part', 'simulation', '--minutes', '0.03', '--json', '--quiet');
  const result = JSON.parse(stdout) as TrustResult;
  assert.is(result.schema, TRUST_SCHEMA);
  assert.is(result.aa, null);
  assert.ok(result.simulation !== null && result.simulation.studies > 0);
  assert.is(status, result.missed.length === 0 ? 0 : 1);
});

const real = suite('bench:trust, real');

real('every request of a delayed arm takes at least the delay, and the server counts like a hook', async () => {
  const delayNs = 200_000;
  register(buildSpinServer(), [delayNs]);
  const shape = { seed: 1, perArm: 60, forks: 2, blocks: 1, placed: [delayId(delayNs)], attached: [] };
  const study = await measureStudy(shape, never);
  const treated = armSamples(cellsOf(study, ['client'])[0]!, 2);
  assert.is(treated.latencyNs.length, 60);
  assert.ok(Math.min(...treated.latencyNs) >= delayNs, `${Math.min(...treated.latencyNs)}`);
  const [parity] = study.parity;
  assert.ok(parity?.ok && parity.seenHits > 0 && parity.seenHits < parity.seenReads, JSON.stringify(study.parity));
  assert.is(study.status, 'complete');
});

real('the spin is as long as it says: never shorter, and longer only where others take the core', () => {
  const server = buildSpinServer();
  const tries = Array.from({ length: 5 }, () => checkSpin(server, [1000, 5000])).flat();
  for (const delayNs of [1000, 5000]) {
    const ratios = tries.filter((one) => one.delayNs === delayNs).map(({ medianNs }) => medianNs / delayNs);
    assert.ok(Math.min(...ratios) > 0.9 && Math.min(...ratios) < 1.1, `${delayNs}: ${ratios}`);
  }
});

real('both real parts, tiny: who claims what, and what is told of it', async () => {
  const tiny = { perArm: 64, forks: 2, blocks: 2, most: 1 };
  const sizes = { aa: tiny, shift: tiny, simulation: { most: 0 } };
  const said: string[] = [];
  const onProgress = (text: string) => said.push(text);
  const result = await runTrust({ minutes: 2, parts: ['aa', 'shift'], seed: 1, signal: never, onProgress, sizes });
  const { aa, shift } = result;
  assert.is(result.simulation, null);
  assert.equal([aa?.studies, aa?.comparisons], [1, 8]);
  assert.equal(
    aa?.rows.map((row) => row.judge),
    [...JUDGES],
  );
  for (const row of aa?.rows ?? []) assert.equal([row.alternated.of, row.sliced.of, row.all.of], [4, 4, 8]);
  assert.equal(
    shift?.rows.map(({ delayNs, found }) => [delayNs, found.of]),
    [
      [500, 1],
      [1000, 1],
      [2000, 1],
      [5000, 1],
    ],
  );
  assert.ok(
    said.some((text) => text.startsWith('aa: 1 studies')),
    said.join('; '),
  );
  const text = reportOf(result);
  for (const part of [/8 comparisons/, /sequential, pooled t/, /\+1\.000 µs/, /spin measured/])
    assert.match(text, part);
});

simulation.run();
parts.run();
real.run();
