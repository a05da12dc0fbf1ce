import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lag1Autocorrelation } from '../../../controller/stats/autocorrelation.ts';
import { StatsError } from '../../../controller/stats/errors.ts';
import { median, quantile } from '../../../controller/stats/quantile.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import { moments } from '../../../controller/stats/summary.ts';
import { tukeyWhiskers } from '../../../controller/stats/tukey.ts';
import { near } from '../../oracle/near.ts';
import { X, Y } from '../../oracle/samples.ts';

const test = suite('stats: summaries');

test('mean and sd are numpy 2.4.6’s', () => {
  const { n, mean, sd } = moments(X);
  assert.is(n, 14);
  near(mean, 17.285714285714285);
  near(sd, 33.01614656597487);
});

test('sd keeps its digits on a large offset (numpy 2.4.6)', () => {
  near(moments(Float64Array.of(1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16)).sd, 5.477225575051661);
});

test('a single value has no variance, none is refused', () => {
  assert.is(moments(Uint32Array.of(7)).sd, 0);
  assert.throws(
    () => moments(new Uint32Array(0)),
    (error: unknown) => error instanceof StatsError && error.code === 'sample-too-small',
  );
});

test('quantiles are type 7 (numpy 2.4.6) and leave the samples as they were', () => {
  const before = X.slice();
  const sorted = sortedCopy(X);
  const expected: readonly (readonly [number, number])[] = [
    [0, 1],
    [0.1, 1.3],
    [0.25, 3],
    [0.5, 5],
    [0.75, 7.5],
    [0.99, 96.48],
    [0.999, 96.948],
    [1, 97],
  ];
  for (const [q, value] of expected) near(quantile(sorted, q), value);
  assert.equal(X, before);
  assert.is(median(Uint32Array.of(4_000_000_000, 1, 3, 2)), 2.5);
});

test('a quantile outside 0 to 1 is refused', () => {
  for (const q of [-0.1, 1.1, Number.NaN]) {
    assert.throws(
      () => quantile(sortedCopy(X), q),
      (error: unknown) => error instanceof StatsError && error.code === 'bad-argument',
    );
  }
});

test('Tukey whiskers end at the furthest samples within 1.5 IQR (numpy 2.4.6)', () => {
  assert.equal(tukeyWhiskers(sortedCopy(X)), { q1: 3, q3: 7.5, low: 1, high: 9, outliersBelow: 0, outliersAbove: 2 });
});

test('Tukey whiskers never end inside the box', () => {
  const box = tukeyWhiskers(sortedCopy(Float64Array.of(0, 0, 0, 0, 100)));
  assert.equal(box, { q1: 0, q3: 0, low: 0, high: 0, outliersBelow: 0, outliersAbove: 1 });
});

test('lag-1 autocorrelation is numpy.corrcoef of the shifted series (numpy 2.4.6)', () => {
  near(lag1Autocorrelation(X), 0.6862557311802328);
  assert.is(lag1Autocorrelation(Uint32Array.of(5, 5, 5, 5)), 0);
  near(lag1Autocorrelation(Uint32Array.of(1, 2, 1, 2, 1, 2)), -1);
  assert.throws(
    () => lag1Autocorrelation(Y.slice(0, 2)),
    (error: unknown) => error instanceof StatsError && error.code === 'sample-too-small',
  );
});

test.run();
