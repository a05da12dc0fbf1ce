import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lnChiSquareUpperTail } from '../../../controller/stats/chi-square.ts';
import { fUpperTail } from '../../../controller/stats/f-tail.ts';
import { normalQuantile, normalUpperQuantile } from '../../../controller/stats/normal-quantile.ts';
import { tTestPower } from '../../../controller/stats/power.ts';
import { tTwoSidedP } from '../../../controller/stats/student.ts';
import { near, nearRelative } from '../../oracle/near.ts';

type Case = readonly [number, number];
type PairCase = readonly [number, number, number];

const test = suite('stats: far tails');

test('log10 p of t far beyond underflow (mpmath 1.3.0, 40 digits)', () => {
  const cases: readonly PairCase[] = [
    [87.538411, 91998, -1600.3381720304583],
    [300, 1000000, -18715.805443190005],
    [500, 91998, -26233.21995688203],
    [5, 1000000000, -6.241615603521398],
    [1000, 10000000, -206966.50315516628],
    [1000, 3, -8.656530817464263],
    [40, 1e7, -349.10814985129196],
    [0.001, 50, -0.00034492559539390946],
    [10_000, 2, -8.000000006514417],
    [2000, 399_998, -208280.7688442125],
  ];
  for (const [t, df, expected] of cases) nearRelative(tTwoSidedP(t, df).log10P, expected, df < 1e8 ? 1e-11 : 1e-9);
});

test('the upper tail of F is mpmath 1.3.0’s', () => {
  const cases: readonly (readonly [number, number, number, number])[] = [
    [3.2, 2, 17, -1.1795189562708859],
    [0.4, 5, 100, -0.07170928993105759],
    [800, 3, 99996, -513.4105100244005],
    [5000, 1, 50000, -1036.7440665372435],
  ];
  for (const [f, df1, df2, expected] of cases) nearRelative(fUpperTail(f, df1, df2).log10P, expected, 1e-11);
  assert.equal(fUpperTail(0, 2, 9), { p: 1, log10P: 0 });
  assert.is(fUpperTail(Infinity, 2, 9).p, 0);
});

test('F with one degree of freedom is t squared', () => {
  for (const t of [0.2, 1.9, 7, 60]) nearRelative(fUpperTail(t * t, 1, 43).log10P, tTwoSidedP(t, 43).log10P, 1e-12);
});

test('ln of the upper tail of chi-square is mpmath 1.3.0’s', () => {
  const cases: readonly PairCase[] = [
    [0.5, 1, -0.7350111298370844],
    [3, 4, -0.5837092681258449],
    [12.5, 4, -4.268998531133416],
    [200, 12, -81.71088951390705],
    [5000, 3, -2495.966994816902],
    [95, 100, -0.4738842822438512],
  ];
  for (const [x, df, expected] of cases) nearRelative(lnChiSquareUpperTail(x, df), expected, 1e-12);
  assert.is(lnChiSquareUpperTail(0, 3), 0);
  near(lnChiSquareUpperTail(1, 30), -1.461050092443922e-17, 1e-16);
});

test('the normal’s quantile is scipy 1.17.1’s, and mpmath 1.3.0’s where the tail underflows', () => {
  const cases: readonly Case[] = [
    [1e-300, -37.0470962993612],
    [1e-10, -6.361340902404056],
    [0.025, -1.9599639845400545],
    [0.3, -0.5244005127080409],
    [0.77, 0.7388468491852137],
    [0.999999, 4.753424308817087],
  ];
  for (const [p, expected] of cases) nearRelative(normalQuantile(p), expected, 2e-13);
  near(normalQuantile(0.5), 0, 1e-15);
  nearRelative(normalUpperQuantile(-5000), 99.9447481748411, 1e-13);
});

test('power at other levels is scipy 1.17.1’s noncentral t', () => {
  const cases: readonly (readonly [number, number, number, number])[] = [
    [2.8, 9, 0.01, 0.3899203190577125],
    [4, 199, 0.001, 0.7437735861995789],
    [1, 29, 0.1, 0.25639544561862115],
    [3.2, 7, 0.05, 0.783190260684955],
  ];
  for (const [noncentrality, df, alpha, expected] of cases) near(tTestPower(noncentrality, df, alpha), expected, 1e-8);
});

test.run();
