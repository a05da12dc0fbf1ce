import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { blockBootstrap, expandedTail, movingBlockBootstrap } from '../../../controller/stats/bootstrap.ts';
import { StatsError } from '../../../controller/stats/errors.ts';
import { Generator, xoshiro128StarStar } from '../../../controller/stats/random.ts';
import { mean, moments } from '../../../controller/stats/summary.ts';
import { near } from '../../oracle/near.ts';
import { scattered } from '../../oracle/samples.ts';

const test = suite('stats: resampling');
const UNITS = scattered(40, 3).map((v) => (v * v) / 1e4);
const meanOf = (picked: Uint32Array) => picked.reduce((sum, i) => sum + (UNITS[i] as number), 0) / picked.length;

test('xoshiro128** gives the published vector for the state 1, 2, 3, 4 (rand_xoshiro 0.6)', () => {
  const state = Uint32Array.of(1, 2, 3, 4);
  const expected = [
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ];
  assert.equal(
    expected.map(() => xoshiro128StarStar(state)),
    expected,
  );
});

test('a seed gives its own stream, again and again; seeds that differ above 32 bits differ', () => {
  const first = (seed: number) =>
    Array.from({ length: 4 }, (_, i) => i).map(
      (
        (g) => () =>
          g.uint32()
      )(new Generator(seed)),
    );
  assert.equal(first(7), first(7));
  for (const other of [8, 7 + 2 ** 32, 0]) assert.not.equal(first(7), first(other));
  for (const seed of [-1, 0.5 - 1, Number.NaN, 2 ** 53]) {
    assert.throws(
      () => new Generator(seed),
      (error: unknown) => error instanceof StatsError && error.code === 'bad-argument',
    );
  }
});

test('uniform and normal numbers have the moments of their laws, whole ones are even', () => {
  const random = new Generator(20);
  const unit = moments(Float64Array.from({ length: 200_000 }, () => random.unit()));
  near(unit.mean, 0.5, 0.003);
  near(unit.variance, 1 / 12, 0.001);
  const normal = Float64Array.from({ length: 200_000 }, () => random.normal());
  near(moments(normal).mean, 0, 0.01);
  near(moments(normal).variance, 1, 0.015);
  near(mean(normal.map((z) => z ** 4)), 3, 0.04);
  const counts = new Uint32Array(6);
  for (let i = 0; i < 60_000; i++) {
    const face = random.below(6);
    counts[face] = (counts[face] as number) + 1;
  }
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 400, `${count} of 10,000`);
});

test('the block bootstrap of a mean is scipy 1.17.1’s, BCa and percentile (200,000 resamples each)', () => {
  const o = { seed: 3, resamples: 60_000, confidence: 0.95 };
  const bca = blockBootstrap(UNITS.length, meanOf, { ...o, method: 'bca' });
  near(bca.low, 22.727, 0.006);
  near(bca.high, 41.7, 0.006);
  near(bca.standardError, 4.8218, 0.02);
  near(bca.point, mean(UNITS));
  const percentile = blockBootstrap(UNITS.length, meanOf, { ...o, method: 'percentile' });
  near(percentile.low, 22.214, 0.006);
  near(percentile.high, 41.045, 0.006);
  assert.equal(blockBootstrap(UNITS.length, meanOf, { ...o, method: 'percentile' }), percentile);
});

test('the expanded tail is scipy 1.17.1’s norm.cdf of t.ppf, and the plain one for many units', () => {
  near(expandedTail(0.95, 12), 0.010756614916552488, 1e-13);
  near(expandedTail(0.95, 1e7), 0.025, 1e-7);
  const o = { seed: 3, resamples: 2_000, confidence: 0.95 };
  const plain = blockBootstrap(UNITS.length, meanOf, { ...o, method: 'percentile' });
  const expanded = blockBootstrap(UNITS.length, meanOf, { ...o, method: 'expanded' });
  assert.ok(expanded.low < plain.low && expanded.high > plain.high && expanded.point === plain.point);
});

test('units that are all alike have no interval to speak of', () => {
  const alike = blockBootstrap(5, () => 4, { seed: 1, resamples: 100, confidence: 0.95, method: 'bca' });
  assert.equal([alike.low, alike.point, alike.high, alike.standardError], [4, 4, 4, 0]);
});

test('the moving-block bootstrap’s error of a mean is the spread of all stretches’ means (numpy 2.4.6)', () => {
  const raw = scattered(300, 7);
  const series = Float64Array.from({ length: 296 }, (_, i) => {
    const at = (k: number) => raw[i + k] as number;
    return at(3) + 0.7 * at(2) + 0.5 * at(1) + 0.2 * at(0);
  });
  const o = { seed: 5, resamples: 20_000, confidence: 0.95, method: 'percentile', blockLength: 8 } as const;
  const seen = movingBlockBootstrap(series, mean, o);
  near(seen.standardError, 37.7153052423105, 0.02);
  assert.ok(seen.low < seen.point && seen.point < seen.high);
  const bca = movingBlockBootstrap(series, mean, { ...o, resamples: 2_000, method: 'bca' });
  assert.ok(bca.low < bca.point && bca.point < bca.high);
});

test('one unit, a series of one stretch and too few resamples are refused', () => {
  const o = { seed: 1, resamples: 100, confidence: 0.9, method: 'percentile' } as const;
  const refused = (code: string, run: () => unknown) =>
    assert.throws(run, (error: unknown) => error instanceof StatsError && error.code === code);
  refused('sample-too-small', () => blockBootstrap(1, meanOf, o));
  refused('sample-too-small', () => movingBlockBootstrap(UNITS, mean, { ...o, blockLength: 30 }));
  refused('bad-argument', () => blockBootstrap(4, meanOf, { ...o, resamples: 20 }));
});

test.run();
