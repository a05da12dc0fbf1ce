import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { autocorrelation } from '../../../controller/stats/autocorrelation.ts';
import { movingBlockLength } from '../../../controller/stats/bootstrap.ts';
import { noiseScale } from '../../../controller/stats/change-points.ts';
import { effectiveSampleSize } from '../../../controller/stats/effective-sample-size.ts';
import { StatsError } from '../../../controller/stats/errors.ts';
import { Generator } from '../../../controller/stats/random.ts';
import { near } from '../../oracle/near.ts';
import { scattered } from '../../oracle/samples.ts';
import { autoregressive } from '../../oracle/series.ts';

const test = suite('stats: dependence in time');
const raw = scattered(300, 7);
/** numpy.convolve(raw, [1, 0.7, 0.5, 0.2], 'valid') */
const SMOOTH = Float64Array.from({ length: 297 }, (_, i) => {
  const at = (k: number) => raw[i + k] as number;
  return at(3) + 0.7 * at(2) + 0.5 * at(1) + 0.2 * at(0);
});

test('autocorrelation is statsmodels 0.13.5’s acf, direct and by transform', () => {
  const expected: readonly (readonly [number, number])[] = [
    [0, 1],
    [1, 0.647163589859902],
    [2, 0.3699980812850641],
    [3, 0.18766194410877493],
    [20, -0.04799738607761003],
    [100, -0.00174019868232582],
  ];
  const [few, many] = [autocorrelation(SMOOTH, 3), autocorrelation(SMOOTH, 100)];
  for (const [lag, value] of expected) {
    near(many[lag] as number, value, 1e-12);
    if (lag < few.length) near(few[lag] as number, value, 1e-12);
  }
  assert.equal([...autocorrelation(Uint32Array.of(5, 5, 5, 5), 2)], [1, 0, 0]);
  assert.throws(
    () => autocorrelation(SMOOTH, SMOOTH.length),
    (error: unknown) => error instanceof StatsError && error.code === 'bad-argument',
  );
});

test('effective sample size is Geyer’s rule over numpy 2.4.6’s correlate', () => {
  const { n, effective, lastLag } = effectiveSampleSize(SMOOTH);
  assert.equal([n, lastLag], [297, 5]);
  near(effective, 85.7734474917664, 1e-11);
});

test('effective sample size of AR(1) is n (1 − ρ)/(1 + ρ)', () => {
  for (const rho of [0, 0.4, 0.8]) {
    const { inefficiency } = effectiveSampleSize(autoregressive(new Generator(11), 60_000, rho));
    const expected = (1 + rho) / (1 - rho);
    assert.ok(Math.abs(inefficiency / expected - 1) < 0.12, `ρ = ${rho}: ${inefficiency}, not ${expected}`);
  }
});

test('a series whose neighbours alternate counts for more, a constant one fully', () => {
  assert.ok(effectiveSampleSize(autoregressive(new Generator(3), 5_000, -0.5)).effective > 10_000);
  assert.is(effectiveSampleSize(new Uint32Array(50).fill(9)).effective, 50);
});

test('noise scale: AR(1) is recovered in spite of a level shift and outliers', () => {
  for (const rho of [0, 0.5]) {
    const random = new Generator(17);
    const series = autoregressive(random, 20_000, rho).map(
      (e, i) => 5 * e + (i > 9_000 ? 400 : 0) + (random.unit() < 0.01 ? 900 : 0),
    );
    const seen = noiseScale(series);
    assert.ok(Math.abs(seen.rho - rho) < 0.06, `ρ ${seen.rho}, not ${rho}`);
    assert.ok(Math.abs(seen.sd / 5 - 1) < 0.06, `sd ${seen.sd}, not 5`);
  }
});

test('the moving block’s length is Politis and White’s for AR(1)', () => {
  assert.is(movingBlockLength(1000, 3), Math.ceil(Math.cbrt((6 * 0.25 * 1000) / 0.75 ** 2)));
  assert.is(movingBlockLength(1000, 1), 1);
  assert.is(movingBlockLength(40, 99), 10);
});

test.run();
