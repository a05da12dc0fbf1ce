import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changePoints } from '../../../controller/stats/change-points.ts';
import { StatsError } from '../../../controller/stats/errors.ts';
import { Generator } from '../../../controller/stats/random.ts';
import { detectWarmUp } from '../../../controller/stats/warm-up.ts';
import { near } from '../../oracle/near.ts';
import { scattered } from '../../oracle/samples.ts';
import { autoregressive, shareOf } from '../../oracle/series.ts';

const test = suite('stats: change points and warm-up');

const STEPS = Float64Array.from([
  ...scattered(20, 3).map((v) => v / 100),
  ...scattered(15, 4).map((v) => v / 100 + 9),
  ...scattered(10, 5).map((v) => v / 100 + 4),
  ...scattered(25, 6).map((v) => v / 100 + 4.5),
]);

test('the segmentation is the best of all (exhaustive search in numpy 2.4.6)', () => {
  const starts = (penalty: number, minLength: number) =>
    changePoints(STEPS, { penalty, minLength, noiseSd: 1 }).map(({ start }) => start);
  assert.equal(starts(10, 2), [0, 3, 5, 7, 11, 13, 18, 20, 23, 35, 38, 40, 48, 54, 56, 64]);
  assert.equal(starts(10, 6), [0, 6, 13, 22, 35, 48, 64]);
  assert.equal(starts(60, 2), [0, 21, 35]);
  assert.equal(starts(150, 6), [0, 21, 35]);
  assert.equal(starts(5_000, 2), [0]);
});

test('segments cover the series and carry their means; a constant series is one', () => {
  const segments = changePoints(STEPS, { penalty: 60, noiseSd: 1 });
  assert.equal(
    segments.map(({ end }) => end),
    [...segments.slice(1).map(({ start }) => start), STEPS.length],
  );
  for (const { start, end, mean } of segments) {
    near(mean, STEPS.subarray(start, end).reduce((a, b) => a + b) / (end - start));
  }
  assert.is(changePoints(new Float64Array(20).fill(3)).length, 1);
});

/** what the warm-up adds to the i-th of n latencies, in µs, on 50 ± 4 with stalls */
type Form = (i: number, n: number) => number;

function synthetic(random: Generator, n: number, rho: number, form: Form): Float64Array {
  return autoregressive(random, n, rho).map((e, i) => {
    const stall = random.unit() < 0.01 ? -100 * Math.log(1 - random.unit()) : 0;
    return 50 + 4 * e + stall + form(i, n);
  });
}

/** settled at an index within [low, high] of the series, in so many of 60 runs */
function settledWithin(form: Form, n: number, rho: number, low: number, high: number): number {
  const random = new Generator(n + Math.round(rho * 10));
  return shareOf(60, () => {
    const seen = detectWarmUp(synthetic(random, n, rho, form));
    return seen.kind === 'settled' && seen.index >= low * n && seen.index <= high * n;
  });
}

test('flat series are settled from the first sample, autocorrelated and with stalls', () => {
  for (const n of [1_000, 20_000]) {
    for (const rho of [0, 0.45]) assert.ok(settledWithin(() => 0, n, rho, 0, 0) >= 0.95, `n ${n}, ρ ${rho}`);
  }
});

test('a step is found where it is, downwards and upwards', () => {
  for (const height of [20, -8]) {
    const form: Form = (i, n) => (i < 0.12 * n ? height : 0);
    for (const n of [1_000, 20_000]) assert.ok(settledWithin(form, n, 0.3, 0.1, 0.14) >= 0.95, `${height}, n ${n}`);
  }
});

test('a ramp and an exponential decay settle when what is left of them is small', () => {
  const ramp: Form = (i, n) => Math.max(0, 20 * (1 - i / (0.3 * n)));
  assert.ok(settledWithin(ramp, 5_000, 0.3, 0.2, 0.35) >= 0.95);
  const decay: Form = (i, n) => 40 * Math.exp(-i / (0.05 * n));
  assert.ok(settledWithin(decay, 5_000, 0.3, 0.08, 0.35) >= 0.95);
});

test('a ramp without end and a late shift never settle', () => {
  const forms: readonly Form[] = [
    (i, n) => (30 * i) / n,
    (i, n) => (i > 0.9 * n ? 10 : 0),
    (i, n) => (i > 0.6 * n ? -10 : 0),
  ];
  for (const form of forms) {
    const random = new Generator(77);
    const never = shareOf(60, () => detectWarmUp(synthetic(random, 5_000, 0.3, form)).kind === 'never-settles');
    assert.ok(never >= 0.95, `${form}: ${never}`);
  }
});

test('a shift within the tolerance is none, and a wider tolerance takes more', () => {
  const random = new Generator(8);
  const series = synthetic(random, 20_000, 0.2, (i, n) => (i > 0.6 * n ? 3 : 0));
  assert.is(detectWarmUp(series).kind, 'never-settles');
  const wide = detectWarmUp(series, { toleranceShare: 0.1 });
  assert.equal([wide.kind, wide.kind === 'settled' && wide.index], ['settled', 0]);
  assert.is(detectWarmUp(series, { leastSettledShare: 0.3 }).kind, 'settled');
});

test('the floor is a least: it raises the index and never lowers it', () => {
  const series = synthetic(new Generator(4), 5_000, 0.3, (i) => (i < 500 ? 20 : 0));
  const found = detectWarmUp(series);
  const least = detectWarmUp(series, { floor: 50 });
  const more = detectWarmUp(series, { floor: 1_234 });
  assert.ok(found.kind === 'settled' && found.index > 450);
  assert.equal(least, found);
  assert.ok(more.kind === 'settled' && more.index === 1_234);
});

test('levels cover the whole series, batch by batch', () => {
  const seen = detectWarmUp(synthetic(new Generator(4), 5_003, 0.3, (i) => (i < 500 ? 20 : 0)));
  assert.is(seen.levels[0]?.start, 0);
  assert.is(seen.levels.at(-1)?.end, 5_003);
  assert.is(seen.batchSize, 25);
});

test('too short a series is refused', () => {
  assert.throws(
    () => detectWarmUp(new Uint32Array(99)),
    (error: unknown) => error instanceof StatsError && error.code === 'sample-too-small',
  );
});

test.run();
