import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { oneWayAnova } from '../../../controller/stats/anova.ts';
import { cliffsDelta, cohensD } from '../../../controller/stats/effect-size.ts';
import { StatsError } from '../../../controller/stats/errors.ts';
import { mannWhitney } from '../../../controller/stats/mann-whitney.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import { moments } from '../../../controller/stats/summary.ts';
import { pooledTTest, welchTTest } from '../../../controller/stats/t-test.ts';
import { near } from '../../oracle/near.ts';
import { X, Y } from '../../oracle/samples.ts';

const test = suite('stats: two samples');
const x = moments(X);
const y = moments(Y);

test('pooled t is scipy 1.17.1’s ttest_ind', () => {
  const { t, df, p, log10P } = pooledTTest(x, y);
  near(t, -0.5956917374577548);
  assert.is(df, 24);
  near(p, 0.5569576277477347);
  near(log10P, Math.log10(0.5569576277477347));
});

test('pooled sd is the paper’s formula where n is equal', () => {
  const a = moments(X.subarray(0, 12));
  near(pooledTTest(a, y).pooledSd, Math.sqrt((a.variance + y.variance) / 2));
});

test('Welch’s t is scipy 1.17.1’s ttest_ind(equal_var=False)', () => {
  const { t, df, p } = welchTTest(x, y);
  near(t, -0.6244745820854644);
  near(df, 19.879788272394343);
  near(p, 0.5394174397597096);
});

test('constant arms: equal means say nothing, different ones are beyond doubt', () => {
  const five = moments(Uint32Array.of(5, 5, 5));
  const six = moments(Uint32Array.of(6, 6, 6));
  assert.equal([pooledTTest(five, five).t, pooledTTest(five, five).p], [0, 1]);
  assert.equal([welchTTest(five, six).t, welchTTest(five, six).p], [Infinity, 0]);
  assert.is(cohensD(five, five), 0);
});

test('an arm of one value is refused', () => {
  for (const run of [pooledTTest, welchTTest]) {
    assert.throws(
      () => run(moments(Uint32Array.of(1)), y),
      (error: unknown) => error instanceof StatsError && error.code === 'sample-too-small',
    );
  }
});

test('Mann–Whitney with ties is scipy 1.17.1’s method="asymptotic"', () => {
  const same = mannWhitney(sortedCopy(X), sortedCopy(Y));
  assert.is(same.u, 83.5);
  assert.is(same.p, 1);
  const shifted = mannWhitney(
    sortedCopy(Uint32Array.of(5, 5, 6, 7, 7, 9)),
    sortedCopy(Uint32Array.of(7, 7, 8, 9, 9, 10, 12, 3)),
  );
  assert.is(shifted.u, 36);
  near(shifted.p, 0.1311103007200468);
  near(shifted.log10P, Math.log10(0.1311103007200468));
});

test('Mann–Whitney of arms that are all one value says nothing', () => {
  const one = sortedCopy(Uint32Array.of(4, 4, 4));
  assert.is(mannWhitney(one, one).p, 1);
  assert.is(mannWhitney(one, one).u, 4.5);
});

test('Mann–Whitney’s log10 p stays finite where p underflows', () => {
  const low = sortedCopy(Uint32Array.from({ length: 40_000 }, (_, i) => i));
  const high = sortedCopy(Uint32Array.from({ length: 40_000 }, (_, i) => i + 20_000));
  const { p, log10P } = mannWhitney(low, high);
  assert.is(p, 0);
  assert.ok(log10P < -308 && Number.isFinite(log10P));
});

test('effect sizes follow their definitions', () => {
  near(cohensD(x, y), (y.mean - x.mean) / pooledTTest(x, y).pooledSd);
  assert.is(cliffsDelta(12, 3, 4), 1);
  assert.is(cliffsDelta(0, 3, 4), -1);
  near(cliffsDelta(83.5, 14, 12), (2 * 83.5) / 168 - 1);
});

test('ANOVA is scipy 1.17.1’s f_oneway', () => {
  const apart = oneWayAnova([Float64Array.of(1, 2, 4), Float64Array.of(2, 3, 3, 7), Float64Array.of(6, 8, 9, 5)]);
  near(apart.f, 5.617306206541336);
  near(apart.p, 0.029924450899218934);
  const alike = oneWayAnova([Float64Array.of(1, 2, 4), Float64Array.of(2, 3, 1.5, 3)]);
  near(alike.f, 0.0023419203747072595);
  near(alike.p, 0.9632762886117726, 1e-11);
  assert.is(oneWayAnova([Float64Array.of(2, 2), Float64Array.of(2, 2)]).p, 1);
});

test.run();
