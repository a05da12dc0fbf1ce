import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lnIncompleteBeta } from '../../../controller/stats/beta.ts';
import { lnGamma, lnGammaStep } from '../../../controller/stats/gamma.ts';
import { lnNormalUpperTail, normalCdf } from '../../../controller/stats/normal.ts';
import { tCdf, tQuantile, tTwoSidedP } from '../../../controller/stats/student.ts';
import { near, nearRelative } from '../../oracle/near.ts';

type Case = readonly [number, number];
type PairCase = readonly [number, number, number];

const test = suite('stats: distributions');

test('ln Γ is scipy 1.17.1’s gammaln', () => {
  const cases: readonly Case[] = [
    [0.5, 0.5723649429247],
    [1.5, -0.12078223763524526],
    [16, 27.899271383840894],
    [30.25, 72.104204742008],
    [46000, 447869.79781368375],
  ];
  for (const [z, expected] of cases) near(lnGamma(z), expected, 1e-13);
});

test('ln Γ(a + b) − ln Γ(a) keeps its digits (mpmath 1.3.0)', () => {
  near(lnGammaStep(46000, 0.5), 5.368195620344312, 1e-14);
  near(lnGammaStep(1.5, 1), 0.4054651081081644, 1e-14);
  near(lnGammaStep(0.7, 3), 1.1672050801337217, 1e-14);
});

test('ln of the incomplete beta is scipy 1.17.1’s betainc', () => {
  const cases: readonly (readonly [number, number, number, number])[] = [
    [2, 3, 0.4, -0.6447380413522579],
    [0.5, 20, 0.01, -0.7521120675928319],
    [30, 0.5, 0.999, -0.21413759426201587],
    [5, 5, 0.9, -0.000891317105099987],
  ];
  for (const [a, b, x, expected] of cases) near(lnIncompleteBeta(x, 1 - x, a, b), expected);
  assert.is(lnIncompleteBeta(0, 1, 2, 3), -Infinity);
  assert.is(lnIncompleteBeta(1, 0, 2, 3), 0);
});

test('the normal’s upper tail is scipy 1.17.1’s logsf', () => {
  const cases: readonly Case[] = [
    [-3, -0.0013508099647481925],
    [-0.5, -0.36894641528865635],
    [0, -Math.LN2],
    [0.5, -1.1759117615936188],
    [1.7, -3.1107960975524813],
    [1.8, -3.326173796378594],
    [3, -6.60772622151035],
    [10, -53.23128515051248],
    [50, -1254.8313611394199],
  ];
  for (const [z, expected] of cases) nearRelative(lnNormalUpperTail(z), expected);
});

test('the normal’s cdf is scipy 1.17.1’s', () => {
  const cases: readonly Case[] = [
    [-2, 0.022750131948179195],
    [-0.3, 0.3820885778110474],
    [0, 0.5],
    [1, 0.8413447460685429],
    [4, 0.9999683287581669],
  ];
  for (const [z, expected] of cases) near(normalCdf(z), expected, 1e-14);
});

test('t cdf and quantile are scipy 1.17.1’s', () => {
  const cdfs: readonly PairCase[] = [
    [-2.1, 3, 0.0632826012748423],
    [0.3, 1, 0.5927735790777423],
    [1.5, 40, 0.9292666115604259],
    [2.2, 7.5, 0.9694002670469419],
  ];
  for (const [t, df, expected] of cdfs) near(tCdf(t, df), expected);
  const quantiles: readonly PairCase[] = [
    [0.975, 1, 12.706204736174694],
    [0.975, 5, 2.5705818356363146],
    [0.95, 31.5, 1.694690443511075],
    [0.005, 239, -2.596556193182426],
  ];
  for (const [p, df, expected] of quantiles) near(tQuantile(p, df), expected);
});

test('log10 p of t stays finite where p underflows (mpmath 1.3.0, 40 digits)', () => {
  const cases: readonly PairCase[] = [
    [87.53841135329156, 91998, -1600.3381844305857],
    [-10.667536607538116, 91998, -25.82488322422301],
    [60, 500, -229.8731045786591],
    [2.5, 7, -1.3872985761095586],
    [40, 3, -4.463685527880278],
  ];
  for (const [t, df, expected] of cases) nearRelative(tTwoSidedP(t, df).log10P, expected);
  assert.is(tTwoSidedP(87.53841135329156, 91998).p, 0);
  assert.is(tTwoSidedP(0, 10).p, 1);
  assert.equal(tTwoSidedP(-Infinity, 10), { p: 0, log10P: -Infinity });
});

test('p of t agrees with the cdf over the whole range', () => {
  for (const df of [1, 2, 4.5, 30, 1000, 91998]) {
    for (const t of [0.01, 0.3, 1, 1.7, 2.5, 6]) nearRelative(tTwoSidedP(t, df).p, 2 * tCdf(-t, df), 1e-10);
  }
});

test.run();
