import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import { lagSeries } from '../../../controller/analysis/lag.ts';
import type { StudyRecord } from '../../../controller/analysis/record.ts';
import type { Comparison } from '../../../controller/analysis/results.ts';
import { settlesAt } from '../../../controller/stats/warm-up.ts';
import { random } from '../../helpers/random.ts';
import { makeStudy, type StudyShape, withSettling } from '../../helpers/study.ts';

const test = suite('analysis: warm-up');
const TENTHS = [0, 0.1, 0.2, 0.3, 0.4, 0.5];

/** stationary noise with stalls, and what is added to request i of n */
function series(seed: number, n: number, lag1: number, addedNs: (share: number) => number): Uint32Array {
  const dice = random(seed);
  let noise = dice.normal();
  return Uint32Array.from({ length: n }, (_, i) => {
    noise = lag1 * noise + Math.sqrt(1 - lag1 * lag1) * dice.normal();
    const stallNs = dice.uniform() < 0.01 ? 60_000 * dice.uniform() : 0;
    return 50_000 + 2000 * noise + stallNs + addedNs(i / n);
  });
}

function found(
  n: number,
  lag1: number,
  addedNs: (share: number) => number,
  runs: number,
): (number | null | undefined)[] {
  const candidates = TENTHS.map((share) => Math.round(share * n));
  return Array.from({ length: runs }, (_, run) => {
    const at = settlesAt(series(1000 + run, n, lag1, addedNs), candidates);
    return typeof at === 'number' ? TENTHS[candidates.indexOf(at)] : at;
  });
}

const shareOf = <T>(all: readonly T[], is: (one: T) => boolean) => all.filter(is).length / all.length;

for (const [n, lag1] of [
  [120, 0],
  [250, 0.3],
  [750, 0.9],
  [2700, 0.3],
  [2700, 0.98],
] as const) {
  test(`a stationary series of ${n} with lag 1 of ${lag1} settles, and is hardly ever cut`, () => {
    const all = found(n, lag1, () => 0, 200);
    assert.ok(shareOf(all, (at) => at === null) <= 0.015, 'never settles');
    assert.ok(shareOf(all, (at) => at !== 0) <= (lag1 > 0.9 ? 0.15 : 0.1), 'is cut');
  });
}

test('a warm-up is cut where it ends', () => {
  const step = found(2700, 0.3, (share) => (share < 0.29 ? 4000 : 0), 100);
  assert.ok(shareOf(step, (at) => at === 0.3) >= 0.9, 'a step at 29 % is cut at 30 %');
  const decay = found(2700, 0.3, (share) => 6000 * Math.exp(-share / 0.05), 100);
  assert.ok(shareOf(decay, (at) => at === 0.1 || at === 0.2) >= 0.9, 'a decay by e each 5 %');
});

test('a series that falls to its end never settles', () => {
  for (const lag1 of [0, 0.3]) {
    const all = found(2700, lag1, (share) => -6000 * share, 100);
    assert.ok(shareOf(all, (at) => at === null) >= 0.95);
  }
});

test('a series without variance is settled, a short one can not be told', () => {
  assert.is(settlesAt(new Uint32Array(500).fill(7), [0, 50]), 0);
  assert.is(settlesAt(new Uint32Array(99).fill(7), [0]), undefined);
});

interface Added {
  readonly arms: readonly number[];
  /** by share of the arm's measured samples in the fork */
  readonly ns: (share: number, fork: number) => number;
  readonly forks?: readonly number[];
}

const SHAPE = { forks: 4, blocks: 5, perBlock: 200, noiseSdNs: 800 } satisfies Partial<StudyShape>;

/** the cuts are detected, and some arms are slower for some of the time */
function warming(added: Added, over: Partial<StudyShape> = {}): StudyRecord {
  const shape = { ...SHAPE, ...over };
  const study = makeStudy(shape);
  const seen = new Map<string, number>();
  const batches = study.batches.map((batch) => {
    if (batch.phase !== 'measure' || !(added.forks?.includes(batch.fork) ?? true)) return batch;
    const latencyNs = batch.latencyNs.map((ns, i) => {
      const arm = batch.arm[i] as number;
      const key = `${batch.design} ${batch.fork} ${arm}`;
      const before = seen.get(key) ?? 0;
      seen.set(key, before + 1);
      return added.arms.includes(arm) ? ns + added.ns(before / (shape.blocks * shape.perBlock), batch.fork) : ns;
    });
    return { ...batch, latencyNs };
  });
  return { ...study, warmup: null, batches };
}

function rowOf(study: StudyRecord, treated: string): Comparison {
  const row = analyse(study).comparisons.find((one) => one.treated === treated);
  if (row === undefined) throw new Error(`no comparison of ${treated}`);
  return row;
}

const slowStart = (until: number) => (share: number) => (share < until ? 4000 : 0);

test('all arms of a fork are cut at the same request, the largest of their cuts', () => {
  const study = warming({ arms: [2], ns: slowStart(0.29), forks: [1] });
  const results = analyse(study);
  for (const row of [...results.comparisons, ...results.aa.comparisons].filter((one) => one.design === 'alternated')) {
    const [first, second] = row.warmup.perFork;
    assert.is(row.warmup.method, 'heidelberger-welch');
    assert.is(second?.cut, 30 + 300, `${row.treated}: 30 of warm-up, 300 of 1000 measured`);
    assert.is(first?.cut, 30);
    assert.is(row.n, 3700);
    assert.is(row.baselineN, 3700);
    assert.is(row.warmupDropped, 4 * 30 + 300);
    assert.ok(row.warmup.perFork.every(({ settled }) => settled === true));
    assert.is(row.block?.blocks, 19, 'the first block of fork 1 has no sample left');
    assert.not(row.flags.some(({ code }) => code === 'incomplete' || code === 'unstable-warmup'));
  }
});

test('sliced arms are cut between blocks: each keeps the same ones whole', () => {
  const row = rowOf(warming({ arms: [3], ns: slowStart(0.25), forks: [0] }), 'bpftrace');
  assert.is(row.warmup.perFork[0]?.cut, 30 + 400, '25 % of 5 blocks lies in the second one');
  assert.is(row.n, 3600);
  assert.is(row.block?.blocks, 18);
});

test('settling requests count towards the cut of the lag plot, and are never analysed', () => {
  const study = withSettling(warming({ arms: [2], ns: slowStart(0.29), forks: [1] }), 30);
  const row = rowOf(study, 'ld-preload');
  assert.is(row.n + row.warmupDropped, 4 * (30 + 1000));
  const lag = lagSeries(study, 'java-hello', 'alternated', 2);
  assert.equal(
    lag?.cuts,
    row.warmup.perFork.map(({ cut }) => cut),
  );
  assert.is(lag?.warmupRequests, Math.max(...(lag?.cuts ?? [])));
});

test('an arm that never settles is flagged where it takes part, and cuts nothing', () => {
  const results = analyse(warming({ arms: [2], ns: (share) => 6000 * (1 - share) }));
  const [row] = results.comparisons.filter(({ treated }) => treated === 'ld-preload');
  const flag = row?.flags.find(({ code }) => code === 'unstable-warmup');
  assert.match(flag?.detail ?? '', /ld-preload in 4 of 4 process starts \(forks 1, 2, 3, 4\)/);
  assert.equal(
    row?.warmup.perFork.map(({ settled }) => settled),
    [false, false, false, false],
  );
  const aa = results.aa.comparisons.find(({ design }) => design === 'alternated');
  assert.not(
    aa?.flags.some(({ code }) => code === 'unstable-warmup'),
    'none against none is not touched by it',
  );
  assert.is(aa?.n, row?.n);
});

test('a fixed warm-up is taken as it is', () => {
  const study = { ...warming({ arms: [2], ns: slowStart(0.29) }), warmup: 30 };
  const row = rowOf(study, 'ld-preload');
  assert.is(row.warmup.method, 'fixed');
  assert.equal(
    row.warmup.perFork.map(({ cut, settled }) => [cut, settled]),
    Array(4).fill([30, null]),
  );
  assert.is(row.n, 4000);
});

test('the cut takes away the bias of an arm that warms up for longer', () => {
  const ns = (share: number) => 8000 * Math.exp(-share / 0.08);
  const rows = Array.from({ length: 4 }, (_, seed) => warming({ arms: [2], ns }, { seed, preloadShiftNs: 1000 }));
  const biasNs = (warmup: number | null) => {
    const shifts = rows.map((study) => rowOf({ ...study, warmup }, 'ld-preload').shifts.mean?.estimateNs ?? Number.NaN);
    return shifts.reduce((sum, shift) => sum + shift, 0) / shifts.length - 1000;
  };
  assert.ok(biasNs(30) > 500, `uncut: ${biasNs(30)} ns of 640 expected`);
  assert.ok(Math.abs(biasNs(null)) < 100, `cut: ${biasNs(null)} ns`);
});

const lateSlow = (share: number) => (share > 0.85 ? 6000 : 0);
const unstable = (row: Comparison) => row.flags.find(({ code }) => code === 'unstable-warmup')?.detail;

test('an arm that leaves its level late is flagged, and keeps its requests', () => {
  const row = rowOf(warming({ arms: [2], ns: lateSlow, forks: [2] }), 'ld-preload');
  assert.match(unstable(row) ?? '', /left their level later: ld-preload in 1 of 4 process starts \(fork 3\)/);
  assert.not.match(unstable(row) ?? '', /alike/);
  assert.is(row.n, 4000);
  assert.equal(
    row.warmup.perFork.map(({ settled }) => settled),
    [true, true, false, true],
  );
});

test('where all arms leave it together, the machine is named', () => {
  const row = rowOf(warming({ arms: [0, 1, 2], ns: lateSlow, forks: [2] }), 'ld-preload');
  assert.match(unstable(row) ?? '', /every arm did so alike: the machine's doing/);
});

test('sliced arms: a level for each slice is no lack of settling, one that changes within a slice is', () => {
  const levels = Array.from({ length: 4 }, (_, fork) => {
    const dice = random(30 + fork);
    return Array.from({ length: 5 }, () => 3000 * dice.normal());
  });
  const perSlice = (share: number, fork: number) => levels[fork]?.[Math.floor(share * 5)] ?? 0;
  const flat = rowOf(warming({ arms: [0, 1, 3], ns: perSlice }), 'bpftrace');
  assert.ok(
    flat.warmup.perFork.every(({ settled }) => settled === true),
    JSON.stringify(flat.warmup),
  );
  assert.is(flat.n, 4000, 'and nothing is cut');
  const within = rowOf(warming({ arms: [3], ns: (share) => (share > 0.9 ? 6000 : 0), forks: [1] }), 'bpftrace');
  assert.match(unstable(within) ?? '', /bpftrace in 1 of 4 process starts \(fork 2\)/);
});

test.run();
