import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chiSquareQuantile } from '../../../controller/stats/chi-square.ts';
import { meanInterval } from '../../../controller/stats/mean-interval.ts';
import { powerAfterPilot } from '../../../controller/stats/pilot-power.ts';
import { tTestPower } from '../../../controller/stats/power.ts';
import { Generator } from '../../../controller/stats/random.ts';
import { minimumDetectableEffect, requiredUnits } from '../../../controller/stats/study-size.ts';
import { near, nearRelative } from '../../oracle/near.ts';

const test = suite('stats: how large a study must be when its variance is an estimate');

test('power over pairs of pilot and study is a double quadrature’s (600 × 600 Gauss–Legendre nodes, numpy 2.4.6, scipy 1.17.1)', () => {
  const cases: readonly (readonly [number, number, number, number, number])[] = [
    [4, 3, 3, 0.05, 0.6284130934587324],
    [4.182, 5, 5, 0.05, 0.8002151443063301],
    [3, 5, 9, 0.05, 0.669383625173976],
    [5, 9, 4, 0.01, 0.6033900107473451],
    [3, 20, 200, 0.05, 0.8144917551675777],
    [20, 1, 1, 0.05, 0.6400461633427534],
    [40, 1, 2, 0.05, 0.924181745975545],
    [3, 7, 1e5, 0.05, 0.7671842587307827],
  ];
  for (const [ratio, pilotDf, df, alpha, expected] of cases)
    near(powerAfterPilot(ratio, pilotDf, df, alpha), expected, 1e-7);
});

test('no effect is found as often as the level says; a known variance gives the noncentral t', () => {
  for (const df of [1, 3, 12, 400]) near(powerAfterPilot(0, df, 5), 0.05, 1e-8);
  near(powerAfterPilot(3, 1e6, 7), tTestPower(3, 7), 1e-5);
  assert.is(powerAfterPilot(3, Infinity, 7), tTestPower(3, 7));
});

test('the minimal detectable effect is that of the same quadrature', () => {
  const cases: readonly (readonly [number, number])[] = [
    [1, 39.09288917823508],
    [2, 8.770580193071039],
    [3, 5.700710796137833],
    [5, 4.180222914802684],
    [7, 3.6981550921483413],
    [9, 3.464524464487853],
    [19, 3.088499857079798],
    [59, 2.889188965207538],
    [239, 2.8228079294413106],
  ];
  for (const [df, expected] of cases)
    nearRelative(minimumDetectableEffect(10, df, { pilotDf: df }), 10 * expected, 1e-7);
  nearRelative(minimumDetectableEffect(1, 5, { pilotDf: 5, power: 0.9, alpha: 0.01 }), 7.874442764023844, 1e-7);
});

test('required units are the first whose power by the same quadrature is 0.8', () => {
  const cases: readonly (readonly [number, number, number])[] = [
    [5, 2, 5],
    [5, 1, 14],
    [5, 0.5, 47],
    [5, 0.1, 1116],
    [11, 2, 5],
    [11, 1, 12],
    [11, 0.5, 39],
    [11, 0.1, 919],
  ];
  for (const [pilotDf, effectInSd, expected] of cases)
    assert.is(requiredUnits(3 * effectInSd, 3, { pilotDf }), expected);
  assert.is(requiredUnits(0.02, 3, { pilotDf: 5, power: 0.1 }) > 1000, true, 'below even odds as well');
});

test('what a study says it would find 4 times in 5 is found so often by another one like it', () => {
  const pairs = 8_000;
  for (const forks of [2, 4, 6, 10, 20]) {
    const dice = new Generator(forks);
    const study = (shift: number) =>
      meanInterval(
        Float64Array.from({ length: forks }, () => shift + dice.normal()),
        0.95,
      );
    const factor = minimumDetectableEffect(1, forks - 1, { pilotDf: forks - 1 });
    let found = 0;
    for (let pair = 0; pair < pairs; pair++) {
      const { low, high } = study(factor * study(0).standardError);
      if (low > 0 || high < 0) found++;
    }
    assert.ok(found / pairs > 0.78 && found / pairs < 0.82, `${forks} forks: ${found / pairs}`);
  }
});

test('chi-square quantiles are scipy 1.17.1’s', () => {
  const cases: readonly (readonly [number, number, number])[] = [
    [0.2, 3, 1.0051740130523492],
    [0.2, 5, 2.342534305841121],
    [0.9, 5, 9.236356899781123],
    [0.2, 1.37, 0.1738422046320279],
    [0.01, 0.4, 1.3050961687624181e-10],
    [0.5, 200, 199.33372983863097],
    [0.999, 37.5, 70.02526398820459],
    [0.2, 1e5, 99623.4224090284],
    [1e-6, 1, 1.5707963267957187e-12],
  ];
  for (const [p, df, expected] of cases) nearRelative(chiSquareQuantile(p, df), expected, 1e-10);
});

test.run();
