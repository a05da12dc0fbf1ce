import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatCount,
  formatDuration,
  formatElapsed,
  formatEstimate,
  formatP,
  formatPercent,
  formatRatio,
} from '../../../controller/report/format.ts';

const test = suite('report/format');
const shift = (estimateNs: number, lowNs: number, highNs: number) => {
  return { estimateNs, lowNs, highNs, p: 0.01, confidence: 0.95, units: 40, unit: 'block' as const };
};

test('an estimate and its interval share one unit and as many digits as the interval deserves', () => {
  assert.is(formatEstimate(shift(1372, 1310, 1434)).text, '+1.372 µs [+1.310, +1.434]');
  assert.is(formatEstimate(shift(412, 267, 557)).text, '+412 ns [+267, +557]');
  assert.is(formatEstimate(shift(-3.2, -9.1, 2.7)).text, '−3.2 ns [−9.1, +2.7]');
  assert.is(formatEstimate(shift(2.4e6, 1.1e6, 3.7e6)).text, '+2.4 ms [+1.1, +3.7]');
  assert.is(formatEstimate(shift(60, -1200, 1320)).text, '+0.1 µs [−1.2, +1.3]');
  assert.is(formatEstimate(shift(412, 267, 557), { sign: false }).text, '412 ns [267, 557]');
});

test('zero has no sign', () => {
  assert.is(formatEstimate(shift(-0.01, -40, 40)).text, '0 ns [−40, +40]');
});

test('a non-finite bound is refused by name', () => {
  assert.throws(() => formatEstimate(shift(1, Number.NaN, 2)), /lowNs/);
});

test('a ratio carries the interval of its shift; no ratio to a base of zero', () => {
  assert.is(formatRatio(shift(221, 215, 227), 892)?.text, '×1.248 [1.241, 1.254]');
  assert.is(formatRatio(shift(221, 215, 227), 0), null);
});

test('durations choose their unit', () => {
  assert.is(formatDuration(890), '890 ns');
  assert.is(formatDuration(48_930), '48.93 µs');
  assert.is(formatDuration(1_372_000), '1.372 ms');
  assert.is(formatDuration(2.5e9), '2.500 s');
  assert.is(formatDuration(Number.NaN), 'n/a');
});

test('a share just below one is never shown as 100 %', () => {
  assert.is(formatPercent(1), '100 %');
  assert.is(formatPercent(0.999999), '99.9999 %');
  assert.is(formatPercent(0.9999999999), '> 99.9999 %');
  assert.is(formatPercent(0.97383), '97.4 %');
  assert.is(formatPercent(1e-9), '< 0.0001 %');
});

test('p keeps its size where it underflows', () => {
  assert.is(formatP(0.0312), 'p = 0.031');
  assert.is(formatP(0, -1660.2), 'p = 6.3 × 10⁻¹⁶⁶¹');
  assert.is(formatP(3.2e-27), 'p = 3.2 × 10⁻²⁷');
  assert.is(formatP(0), 'p < 10⁻³⁰⁰');
});

test('counts and lengths', () => {
  assert.is(formatCount(1_234_567), '1,234,567');
  assert.is(formatElapsed('2026-11-23T00:41:07Z', '2026-11-23T00:43:48Z'), '2 min 41 s');
});

test.run();
