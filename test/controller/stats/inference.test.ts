import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StatsError } from '../../../controller/stats/errors.ts';
import { holm } from '../../../controller/stats/holm.ts';
import { mannKendall } from '../../../controller/stats/mann-kendall.ts';
import { meanInterval } from '../../../controller/stats/mean-interval.ts';
import { tTestPower } from '../../../controller/stats/power.ts';
import { minimumDetectableEffect, requiredUnits } from '../../../controller/stats/study-size.ts';
import { tost } from '../../../controller/stats/tost.ts';
import { near, nearRelative } from '../../oracle/near.ts';

const test = suite('stats: inference over units');
const UNITS = Float64Array.of(0.21, 0.17, 0.35, -0.02, 0.11, 0.28);

test('the interval of a mean is scipy 1.17.1’s ttest_1samp', () => {
  const at95 = meanInterval(UNITS, 0.95);
  near(at95.p, 0.018244538927427466);
  near(at95.low, 0.04671846975630137);
  near(at95.high, 0.31994819691036536);
  assert.is(at95.df, 5);
  const at90 = meanInterval(UNITS, 0.9);
  near(at90.low, 0.07624257481022725);
  near(at90.high, 0.29042409185643936);
});

test('units without variance: the interval is the point', () => {
  const zero = meanInterval(new Float64Array(4), 0.95);
  assert.equal([zero.low, zero.high, zero.p], [0, 0, 1]);
  assert.is(meanInterval(Float64Array.of(2, 2), 0.95).p, 0);
});

test('one unit carries no interval', () => {
  assert.throws(
    () => meanInterval(Float64Array.of(1), 0.95),
    (error: unknown) => error instanceof StatsError && error.code === 'sample-too-small',
  );
});

test('TOST is the larger of two one-sided scipy 1.17.1 tests', () => {
  near(tost(meanInterval(UNITS, 0.95), 0.3).p, 0.03978521126938463);
  assert.ok(tost(meanInterval(UNITS, 0.95), 0.1).p > 0.5);
});

test('Holm: the closed form, monotone and in the order given', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((expected, i) => {
    near(adjusted[i] as number, expected);
  });
  assert.equal(holm([0.9, 0.8]), [1, 1]);
  assert.equal(holm([]), []);
});

test('power is scipy 1.17.1’s noncentral t', () => {
  const cases: readonly (readonly [number, number, number])[] = [
    [0, 5, 0.05],
    [2.5, 1, 0.1557570369550373],
    [3, 3, 0.5327926072613415],
    [2.8, 59, 0.7864600037390389],
    [3.1, 5, 0.6996053449557675],
    [2.8, 5000, 0.7994060634528746],
    [10, 2, 0.992746660492083],
  ];
  for (const [noncentrality, df, expected] of cases) near(tTestPower(noncentrality, df), expected, 1e-8);
});

const KNOWN = { pilotDf: Infinity };

test('with a known variance the minimal detectable effect is scipy 1.17.1’s, per standard error', () => {
  const cases: readonly (readonly [number, number])[] = [
    [1, 16.3340088699209],
    [2, 5.653489266197126],
    [3, 4.2558986865156045],
    [5, 3.5139027291713183],
    [11, 3.078388675702222],
    [59, 2.848225385069759],
    [239, 2.8129019526705576],
  ];
  for (const [df, expected] of cases) nearRelative(minimumDetectableEffect(10, df, KNOWN), 10 * expected, 1e-7);
  nearRelative(minimumDetectableEffect(1, 5, { ...KNOWN, power: 0.9, alpha: 0.01 }), 5.909341401525859, 1e-7);
  assert.is(minimumDetectableEffect(0, 5, KNOWN), 0);
});

test('with a known variance the required units are scipy 1.17.1’s', () => {
  const cases: readonly (readonly [number, number])[] = [
    [5, 3],
    [2, 5],
    [1, 10],
    [0.5, 34],
    [0.1, 787],
  ];
  for (const [effectInSd, expected] of cases) assert.is(requiredUnits(-3 * effectInSd, 3, KNOWN), expected);
  assert.is(requiredUnits(1, 0, KNOWN), 2);
  assert.throws(
    () => requiredUnits(0, 3, KNOWN),
    (error: unknown) => error instanceof StatsError && error.code === 'bad-argument',
  );
});

test('Mann–Kendall: s is scipy 1.17.1’s kendalltau × pairs, z has the closed-form variance', () => {
  const { s, z } = mannKendall([Float64Array.of(1, 3, 2, 5, 4, 6, 8, 7)]);
  assert.is(s, 22);
  near(z, 21 / Math.sqrt((8 * 7 * 21) / 18));
  const jumps = mannKendall([Float64Array.of(1, 2, 1), Float64Array.of(9, 8, 9), Float64Array.of(20, 20, 20)]);
  assert.is(jumps.p, 1);
});

test.run();
