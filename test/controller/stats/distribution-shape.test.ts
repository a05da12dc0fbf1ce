import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kolmogorovSmirnov, lnKolmogorovUpperTail } from '../../../controller/stats/kolmogorov-smirnov.ts';
import { levene } from '../../../controller/stats/levene.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import { tukeyFences } from '../../../controller/stats/tukey.ts';
import { near, nearRelative } from '../../oracle/near.ts';
import { scattered } from '../../oracle/samples.ts';

const test = suite('stats: shape of distributions');

test('Kolmogorov–Smirnov of few values is scipy 1.17.1’s ks_2samp(method="exact")', () => {
  const wide = kolmogorovSmirnov(sortedCopy(scattered(30, 3)), sortedCopy(scattered(25, 5).map((v) => v + 150.5)));
  assert.is(wide.method, 'exact');
  near(wide.d, 0.21333333333333335);
  near(wide.p, 0.49696226290199297);
  const small = kolmogorovSmirnov(sortedCopy(scattered(12, 3)), sortedCopy(scattered(9, 5).map((v) => v + 400.5)));
  near(small.d, 0.5555555555555556);
  nearRelative(small.p, 0.06063348416289592);
});

test('Kolmogorov–Smirnov with ties counts the orders that give the same ties (enumerated: 102 of 462)', () => {
  const tied = kolmogorovSmirnov(
    sortedCopy(Uint32Array.of(1, 1, 2, 3, 3)),
    sortedCopy(Uint32Array.of(2, 3, 3, 4, 4, 5)),
  );
  near(tied.d, 0.5);
  nearRelative(tied.p, 102 / 462);
});

test('equal and separate arms: p is 1, and two of all orders', () => {
  const five = sortedCopy(Uint32Array.of(1, 2, 3, 4, 5));
  assert.equal([kolmogorovSmirnov(five, five).d, kolmogorovSmirnov(five, five).p], [0, 1]);
  nearRelative(kolmogorovSmirnov(five, sortedCopy(Uint32Array.of(6, 7, 8, 9, 10))).p, 2 / 252);
});

test('many values: Kolmogorov’s limit (scipy 1.17.1), its logarithm where p underflows (mpmath 1.3.0)', () => {
  const cases: readonly (readonly [number, number])[] = [
    [0.3, -9.305844633751613e-6],
    [0.5, -0.03672078716235486],
    [0.59, -0.1309742748320395],
    [0.61, -0.16161228749264056],
    [0.8, -0.6085442804041838],
    [1.2, -2.187029721890018],
    [3, -17.306852819440056],
    [40, -3199.30685281944],
  ];
  for (const [x, expected] of cases) nearRelative(lnKolmogorovUpperTail(x), expected, 1e-9);
  const low = sortedCopy(Uint32Array.from({ length: 40_000 }, (_, i) => i));
  const high = sortedCopy(Uint32Array.from({ length: 40_000 }, (_, i) => i + 20_000));
  const { d, p, log10P, method } = kolmogorovSmirnov(low, high);
  assert.equal([d, p, method], [0.5, 0, 'asymptotic']);
  nearRelative(log10P, (Math.LN2 - 2 * 0.25 * 20_000) / Math.LN10, 1e-12);
});

test('Levene and Brown–Forsythe are scipy 1.17.1’s levene', () => {
  const groups = [scattered(40, 1), scattered(30, 2).map((v) => v * 1.3), scattered(25, 4).map((v) => v * 0.7)];
  const brownForsythe = levene(groups);
  near(brownForsythe.f, 3.2212056989263953);
  near(brownForsythe.p, 0.04444847448445854);
  const byMean = levene(groups, 'mean');
  near(byMean.f, 3.7622840093647296);
  near(byMean.p, 0.026881048313861868);
});

test('Tukey fences: the closed form, and the outer ones', () => {
  assert.equal(tukeyFences(3, 7), { low: -3, high: 13 });
  assert.equal(tukeyFences(3, 7, 3), { low: -9, high: 19 });
});

test.run();
