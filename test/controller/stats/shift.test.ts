import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { expandedTail } from '../../../controller/stats/bootstrap.ts';
import { StatsError } from '../../../controller/stats/errors.ts';
import { hodgesLehmann, pseudoMedian } from '../../../controller/stats/hodges-lehmann.ts';
import { kthDifference } from '../../../controller/stats/pair-selection.ts';
import { quantile } from '../../../controller/stats/quantile.ts';
import { mannWhitneyQuantile, signedRankQuantile } from '../../../controller/stats/rank-distributions.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import { DECILES, shiftFunction } from '../../../controller/stats/shift-function.ts';
import { near } from '../../oracle/near.ts';
import { scattered } from '../../oracle/samples.ts';

const test = suite('stats: shifts');
const baseline = sortedCopy(scattered(40, 3));
const treated = sortedCopy(scattered(31, 5).map((v) => v * 1.1 + 20));

test('every difference is found by its rank, ties and extremes included', () => {
  for (const [a, b] of [
    [baseline, treated],
    [sortedCopy(Uint32Array.of(1, 1, 2, 7)), sortedCopy(Uint32Array.of(1, 2, 2, 4_000_000_000))],
    [sortedCopy(Float64Array.of(0.1, 0.1)), sortedCopy(Float64Array.of(0.1, 0.1, 1e-300))],
  ] as const) {
    const all = [...a].flatMap((from) => [...b].map((to) => to - from)).sort((x, y) => x - y);
    all.forEach((expected, rank) => {
      assert.is(kthDifference(a, b, rank), expected);
    });
  }
});

test('Hodges–Lehmann is numpy 2.4.6’s median of all differences, its ends those that Mann–Whitney’s exact ranks name', () => {
  const { shift, low, high } = hodgesLehmann(baseline, treated, 0.95);
  near(shift, 53.30000000000001);
  near(low, -116.59999999999997);
  near(high, 195.60000000000002);
});

test('Hodges–Lehmann of arms too large to pair finds the shift that was put in', () => {
  const from = Float64Array.from({ length: 20_000 }, (_, i) => ((i * 7919) % 20_011) / 100);
  const shifted = hodgesLehmann(sortedCopy(from), sortedCopy(from.map((v) => v + 3)), 0.95);
  near(shifted.shift, 3, 1e-9);
  assert.ok(shifted.low < 3 && shifted.high > 3 && shifted.high - shifted.low < 4);
});

test('too few values: the interval is the whole range', () => {
  const few = hodgesLehmann(sortedCopy(Uint32Array.of(1)), sortedCopy(Uint32Array.of(2, 3, 9)), 0.95);
  assert.equal([few.shift, few.low, few.high], [2, 1, 8]);
});

test('the pseudo-median is numpy 2.4.6’s over all Walsh averages', () => {
  const units = Float64Array.of(0.21, 0.17, 0.35, -0.02, 0.11, 0.28, 0.4, 0.05, 0.19, 0.6);
  const { shift, low, high } = pseudoMedian(units, 0.95);
  near(shift, 0.225);
  near(low, 0.11);
  near(high, 0.375);
});

test('rank quantiles are those of exact counts in whole numbers (Python 3.11)', () => {
  const u: readonly (readonly [number, number, number, number])[] = [
    [5, 7, 0.025, 6],
    [40, 31, 0.025, 451],
    [50, 50, 0.005, 878],
    [1, 3, 0.025, 0],
    [10, 12, 0.5, 60],
  ];
  for (const [m, n, p, expected] of u) assert.is(mannWhitneyQuantile(m, n, p), expected);
  const v: readonly (readonly [number, number, number])[] = [
    [5, 0.025, 0],
    [6, 0.025, 1],
    [10, 0.025, 9],
    [20, 0.005, 38],
    [60, 0.025, 649],
  ];
  for (const [n, p, expected] of v) assert.is(signedRankQuantile(n, p), expected);
});

test('the shift function’s points are differences of numpy 2.4.6’s quantiles, whatever the blocks', () => {
  const from = scattered(200, 3);
  const to = scattered(200, 5).map((v) => v * 1.05 + 10);
  const blocks = Array.from({ length: 8 }, (_, i) => ({
    baseline: from.subarray(25 * i, 25 * (i + 1)),
    treated: to.subarray(25 * i, 25 * (i + 1)),
  }));
  const o = { seed: 1, resamples: 500, confidence: 0.95, probabilities: [0.9, 0.1, 0.5] };
  const [p90, p10, p50] = shiftFunction(blocks, o);
  near(p10?.shift as number, 53.97500000000004);
  near(p50?.shift as number, 15.625);
  near(p90?.shift as number, 52.40000000000009);
  assert.equal(shiftFunction(blocks, o), [p90, p10, p50]);
  for (const at of [p10, p50, p90]) {
    assert.ok(at && at.low < at.shift && at.shift < at.high);
    assert.ok(at && at.bandHigh - at.bandLow > at.high - at.low);
  }
});

test('a resample’s quantiles are those of its repeated blocks', () => {
  const blocks = [0, 100, 400].map((offset) => ({
    baseline: Float64Array.of(1, 2, 3),
    treated: Float64Array.of(5, 6, 7).map((v) => v + offset),
  }));
  const [median] = shiftFunction(blocks, { seed: 4, resamples: 4_000, confidence: 0.5, probabilities: [0.5] });
  const medians = [0, 1, 2].flatMap((a) =>
    [0, 1, 2].flatMap((b) => [0, 1, 2].map((c) => quantile(repeated([a, b, c].map((i) => blocks[i])), 0.5) - 2)),
  );
  const possible = sortedCopy(Float64Array.from(medians));
  const tail = expandedTail(0.5, 3);
  assert.is(median?.low, quantile(possible, tail));
  assert.is(median?.high, quantile(possible, 1 - tail));
});

function repeated(blocks: readonly ({ readonly treated: Float64Array } | undefined)[]) {
  return sortedCopy(Float64Array.from(blocks.flatMap((block) => [...(block?.treated ?? [])])));
}

test('a shift function of one block is refused', () => {
  assert.throws(
    () => shiftFunction([{ baseline, treated }], { seed: 1, resamples: 100, confidence: 0.9, probabilities: DECILES }),
    (error: unknown) => error instanceof StatsError && error.code === 'sample-too-small',
  );
});

test.run();
