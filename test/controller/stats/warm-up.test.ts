import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Generator } from '../../../controller/stats/random.ts';
import { settlesAt } from '../../../controller/stats/warm-up.ts';
import { autoregressive, shareOf } from '../../oracle/series.ts';

const test = suite('stats: warm-up');

/** what the warm-up adds to the i-th of n latencies, in µs, on 50 ± 4 with stalls */
type Form = (i: number, n: number) => number;

function synthetic(random: Generator, n: number, rho: number, form: Form): Float64Array {
  return autoregressive(random, n, rho).map((e, i) => {
    const stall = random.unit() < 0.01 ? -100 * Math.log(1 - random.unit()) : 0;
    return 50 + 4 * e + stall + form(i, n);
  });
}

/** where a series may be cut: at every hundredth of it, up to its half */
function hundredths(n: number): number[] {
  return Array.from({ length: 51 }, (_, i) => Math.floor((i * n) / 100));
}

/** settled at an index within [low, high] of the series, in so many of 60 runs */
function settledWithin(form: Form, n: number, rho: number, low: number, high: number): number {
  const random = new Generator(n + Math.round(rho * 10));
  return shareOf(60, () => {
    const at = settlesAt(synthetic(random, n, rho, form), hundredths(n));
    return at != null && at >= low * n && at <= high * n;
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
    for (const n of [1_000, 20_000]) assert.ok(settledWithin(form, n, 0.3, 0.05, 0.2) >= 0.95, `${height}, n ${n}`);
  }
});

test('a ramp and an exponential decay settle when what is left of them is small', () => {
  const ramp: Form = (i, n) => Math.max(0, 20 * (1 - i / (0.3 * n)));
  assert.ok(settledWithin(ramp, 5_000, 0.3, 0.2, 0.35) >= 0.95);
  const decay: Form = (i, n) => 40 * Math.exp(-i / (0.05 * n));
  assert.ok(settledWithin(decay, 5_000, 0.3, 0.08, 0.35) >= 0.95);
});

test('a ramp without end and a late shift never settle', () => {
  const forms: readonly Form[] = [(i, n) => (30 * i) / n, (i, n) => (i > 0.7 * n ? 10 : 0)];
  for (const form of forms) {
    const random = new Generator(77);
    const never = shareOf(60, () => settlesAt(synthetic(random, 5_000, 0.3, form), hundredths(5_000)) === null);
    assert.ok(never >= 0.85, `${form}: ${never}`);
  }
});

/** n values in slices, each with a level of its own: sd of the levels, in sd of the values */
function sliced(random: Generator, o: { n: number; slices: number; levelSd: number }, form: Form): Float64Array {
  const levels = Array.from({ length: o.slices }, () => 4 * o.levelSd * random.normal());
  return synthetic(random, o.n, 0.3, form).map((value, i) => value + (levels[Math.floor((i * o.slices) / o.n)] ?? 0));
}

/** [never settles, is cut] of 100 runs */
function slicedShares(o: { n: number; slices: number; levelSd: number }, form: Form): [number, number] {
  const random = new Generator(o.n + o.slices);
  const starts = Array.from({ length: o.slices }, (_, i) => (i * o.n) / o.slices);
  const candidates = starts.filter((start) => start <= o.n / 2);
  // two slices leave one for the second half: nothing to know their variance by
  const variance = o.slices < 4 ? null : (4 * o.levelSd) ** 2 + 1;
  const found = Array.from({ length: 100 }, () => settlesAt(sliced(random, o, form), candidates, { starts, variance }));
  return [found.filter((at) => at === null).length / 100, found.filter((at) => at !== null && at !== 0).length / 100];
}

test('slices on levels of their own are settled; a warm-up within them is found', () => {
  for (const slices of [2, 4, 6])
    for (const levelSd of [0, 1, 3]) {
      const o = { n: 2_400, slices, levelSd };
      const [never, cut] = slicedShares(o, () => 0);
      assert.ok(never <= 0.03 && cut <= 0.05, `flat, ${JSON.stringify(o)}: ${never} never, ${cut} cut`);
      const [, cutWarm] = slicedShares(o, (i, n) => 24 * Math.exp(-i / (0.05 * n)));
      assert.ok(cutWarm >= 0.95, `warm-up, ${JSON.stringify(o)}: ${cutWarm} cut`);
    }
});

test('too short a series is not judged', () => {
  assert.is(settlesAt(new Uint32Array(99), [0]), undefined);
});

test.run();
