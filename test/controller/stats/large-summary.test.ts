import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StatsError } from '../../../controller/stats/errors.ts';
import { summariseLarge } from '../../../controller/stats/large-summary.ts';
import { quantile } from '../../../controller/stats/quantile.ts';
import { Generator } from '../../../controller/stats/random.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import { moments } from '../../../controller/stats/summary.ts';
import { near, nearRelative } from '../../oracle/near.ts';
import { scattered } from '../../oracle/samples.ts';

const test = suite('stats: summary of many whole numbers');
const PROBABILITIES = [0.5, 0, 0.25, 0.99, 0.999, 1];

test('moments and quantiles are numpy 2.4.6’s', () => {
  const high = scattered(5_000, 11);
  const low = scattered(5_000, 12);
  const seen = summariseLarge(
    Uint32Array.from(high, (v, i) => v * 70_000 + (low[i] as number)),
    PROBABILITIES,
  );
  nearRelative(seen.mean, 35481684.9354, 1e-14);
  nearRelative(seen.variance, 423829150013960.2, 1e-13);
  [35910884, 70323, 16800076, 69446386.25000012, 70490958.03, 70490988].forEach((expected, i) => {
    nearRelative(seen.quantiles[i] as number, expected, 1e-15);
  });
  assert.equal([seen.n, seen.min, seen.max], [5_000, 70_323, 70_490_988]);
});

test('the quantiles are exactly those of the sorted samples, whatever their spread', () => {
  const random = new Generator(2);
  const spreads: readonly (() => number)[] = [
    () => 30_000 * Math.exp(0.3 * random.normal()),
    () => random.uint32(),
    () => 65_535 + random.below(2),
    () => 7,
    () => (random.unit() < 0.01 ? 2 ** 32 - 1 : random.below(3)),
  ];
  for (const draw of spreads) {
    for (const n of [1, 2, 3, 1_000, 20_001]) {
      const samples = Uint32Array.from({ length: n }, draw);
      const before = samples.slice();
      const seen = summariseLarge(samples, PROBABILITIES);
      const sorted = sortedCopy(samples);
      assert.equal(
        seen.quantiles,
        PROBABILITIES.map((q) => quantile(sorted, q)),
      );
      const expected = moments(samples);
      near(seen.mean, expected.mean, 1e-13);
      if (expected.variance > 0) nearRelative(seen.variance, expected.variance, 1e-12);
      assert.equal(samples, before);
    }
  }
});

test('a million samples need less memory beside them than a third of their own', () => {
  const random = new Generator(9);
  const samples = Uint32Array.from({ length: 1_000_000 }, () => 30_000 * Math.exp(0.5 * random.normal()));
  const before = process.memoryUsage().arrayBuffers;
  summariseLarge(samples, [0.5, 0.99, 0.999]);
  const more = process.memoryUsage().arrayBuffers - before;
  assert.ok(more > 0 && more < samples.byteLength / 2, `${more} bytes more`);
});

test('no samples and quantiles outside 0 to 1 are refused', () => {
  const refused = (code: string, run: () => unknown) =>
    assert.throws(run, (error: unknown) => error instanceof StatsError && error.code === code);
  refused('sample-too-small', () => summariseLarge(new Uint32Array(0), [0.5]));
  refused('bad-argument', () => summariseLarge(Uint32Array.of(1), [1.5]));
});

test.run();
