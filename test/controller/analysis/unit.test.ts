import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { intervalUs, pValue, us } from '../../../controller/analysis/format.ts';
import { inferByDesign } from '../../../controller/analysis/unit.ts';
import { near } from '../../oracle/near.ts';

const test = suite('analysis: the unit of inference, and numbers as shown');

/** fork means 2, 2, 2: blocks differ, forks do not */
const ALIKE = [Float64Array.of(1, 2, 3), Float64Array.of(3, 1, 2), Float64Array.of(2, 3, 1)];
/** fork means 1, 2, 6: forks differ more than blocks */
const APART = [Float64Array.of(0.9, 1.1), Float64Array.of(1.9, 2.1), Float64Array.of(5.9, 6.1)];

test('sliced: the fork is the unit, and the interval is that of the fork means', () => {
  const found = inferByDesign(APART, 'sliced');
  assert.equal([found?.estimate.unit, found?.estimate.units, found?.interval.df], ['fork', 3, 2]);
  near(found?.estimate.estimateNs ?? Number.NaN, 3);
  near(found?.interval.standardError ?? Number.NaN, Math.sqrt(7) / Math.sqrt(3));
});

test('sliced: the fork is the unit also where forks agree', () => {
  const found = inferByDesign(ALIKE, 'sliced');
  assert.equal([found?.estimate.unit, found?.estimate.units, found?.interval.df], ['fork', 3, 2]);
  near(found?.estimate.estimateNs ?? Number.NaN, 2);
});

test('alternated: the fork is the unit whatever the blocks say', () => {
  assert.is(inferByDesign(ALIKE, 'alternated')?.estimate.unit, 'fork');
  assert.is(inferByDesign(ALIKE.slice(0, 1), 'alternated'), null);
});

test('one fork of sliced blocks carries a block interval, one block carries none', () => {
  assert.equal(inferByDesign(ALIKE.slice(0, 1), 'sliced')?.estimate.units, 3);
  assert.is(inferByDesign([Float64Array.of(1)], 'sliced'), null);
  assert.is(inferByDesign([], 'sliced'), null);
  assert.is(inferByDesign([Float64Array.of(1), Float64Array.of(2)], 'sliced')?.estimate.units, 2);
});

test('numbers are shown in µs, with a true minus and no minus before zero', () => {
  assert.is(intervalUs({ estimateNs: 210, lowNs: 170, highNs: 260 }), '0.21 µs [0.17, 0.26]');
  assert.is(intervalUs({ estimateNs: 30, lowNs: -110, highNs: 170 }), '0.03 µs [−0.11, 0.17]');
  assert.is(intervalUs({ estimateNs: 61, lowNs: 58, highNs: 64 }), '0.061 µs [0.058, 0.064]');
  assert.is(intervalUs({ estimateNs: -1, lowNs: -200, highNs: 200 }), '0.00 µs [−0.20, 0.20]');
  assert.is(us(12_345), '12.35 µs');
  assert.equal([pValue(0.0132), pValue(2.4e-8), pValue(1e-40)], ['p = 0.013', 'p = 2e-8', 'p < 1e-15']);
});

test.run();
