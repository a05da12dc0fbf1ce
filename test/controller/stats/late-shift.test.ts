import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lateShift } from '../../../controller/stats/late-shift.ts';
import { Generator } from '../../../controller/stats/random.ts';
import { autoregressive, shareOf } from '../../oracle/series.ts';

const test = suite('stats: late shift');
const RUNS = 200;

interface Shape {
  readonly n: number;
  readonly rho: number;
  /** log-normal instead of normal */
  readonly heavy?: boolean;
}

/** sd 1 (normal), 1 % stalls of 25 sd on average, and what is added at a share of the series */
function made(random: Generator, { n, rho, heavy }: Shape, added: (share: number) => number): Float64Array {
  return autoregressive(random, n, rho).map((e, i) => {
    const stall = random.unit() < 0.01 ? -25 * Math.log(1 - random.unit()) : 0;
    return 50 + (heavy === true ? Math.exp(0.8 * e) : e) + stall + added(i / n);
  });
}

/** how often the ends are 2 sd apart */
function foundOf(shape: Shape, added: (share: number) => number): number {
  const random = new Generator(shape.n + Math.round(100 * shape.rho));
  return shareOf(RUNS, () => {
    const { shift, sd } = lateShift(made(random, shape, added));
    return Math.abs(shift) > 2 * sd;
  });
}

test('flat series do not shift: autocorrelated, with stalls, with a heavy tail', () => {
  for (const n of [120, 250, 2700])
    for (const rho of [0.1, 0.3, 0.45]) {
      assert.ok(foundOf({ n, rho }, () => 0) <= 0.01, `n ${n}, ρ ${rho}`);
      assert.ok(foundOf({ n, rho, heavy: true }, () => 0) <= 0.05, `n ${n}, ρ ${rho}, log-normal`);
    }
  assert.ok(foundOf({ n: 2700, rho: 0.98 }, () => 0) <= 0.02, 'near a random walk');
});

test('a shift of 2.5 sd is found at 60 %, in the last fifth and in the last tenth, either way', () => {
  for (const rho of [0.1, 0.45])
    for (const from of [0.6, 0.8, 0.9])
      for (const sd of [2.5, -2.5]) {
        const found = foundOf({ n: 2700, rho }, (share) => (share > from ? sd : 0));
        assert.ok(found >= 0.95, `${sd} sd from ${from} on at ρ ${rho}: ${found}`);
      }
  assert.ok(foundOf({ n: 250, rho: 0.3 }, (share) => (share > 0.6 ? 2.5 : 0)) >= 0.85, '250 requests');
});

test('what comes and goes is no shift, and small ones are not worth the name', () => {
  assert.ok(foundOf({ n: 2700, rho: 0.3 }, (share) => (share > 0.5 && share < 0.6 ? 2.5 : 0)) <= 0.01);
  assert.ok(foundOf({ n: 2700, rho: 0.3 }, (share) => (share > 0.6 ? 1 : 0)) <= 0.01);
});

test('its size is told in the series’ unit', () => {
  const { shift, sd } = lateShift(made(new Generator(5), { n: 20_000, rho: 0 }, (share) => (share > 0.7 ? 3 : 0)));
  assert.ok(Math.abs(shift - 3) < 0.1 && Math.abs(sd - 1) < 0.1, `${shift}, ${sd}`);
});

test('constant series and those too short to judge do not shift', () => {
  assert.equal(lateShift(new Uint32Array(500).fill(7)), { shift: 0, sd: 0 });
  assert.is(lateShift(Float64Array.from({ length: 99 }, (_, i) => i)).shift, 0);
  assert.is(lateShift(Float64Array.from({ length: 200 }, (_, i) => (i < 150 ? 7 : 9))).shift, 2);
});

test.run();
