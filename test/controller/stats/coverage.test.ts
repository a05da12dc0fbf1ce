import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { blockBootstrap, movingBlockBootstrap } from '../../../controller/stats/bootstrap.ts';
import { sequentialBoundaries, sequentialCriticalT } from '../../../controller/stats/group-sequential.ts';
import { hodgesLehmann, pseudoMedian } from '../../../controller/stats/hodges-lehmann.ts';
import { meanInterval } from '../../../controller/stats/mean-interval.ts';
import { randomEffects } from '../../../controller/stats/meta-analysis.ts';
import { Generator } from '../../../controller/stats/random.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import { shiftFunction } from '../../../controller/stats/shift-function.ts';
import { mean } from '../../../controller/stats/summary.ts';
import { welchContrast } from '../../../controller/stats/two-way.ts';
import { autoregressive, shareOf } from '../../oracle/series.ts';

const test = suite('stats: 95 % intervals cover 95 % of the time, simulated');
const TRUE_SHIFT = 1;

type Interval = { readonly low: number; readonly high: number };
const holds = ({ low, high }: Interval, truth: number) => low <= truth && truth <= high;

function covers(what: string, rounds: number, least: number, most: number, interval: () => Interval): void {
  const share = shareOf(rounds, () => holds(interval(), TRUE_SHIFT));
  assert.ok(share >= least && share <= most, `${what}: ${share}, not within ${least} and ${most}`);
}

/** the sum of four exponentials: as skewed as a block's mean is at worst */
const gammaOf4 = (random: Generator) =>
  -Math.log((1 - random.unit()) * (1 - random.unit()) * (1 - random.unit()) * (1 - random.unit()));

const normals = (random: Generator, n: number, centre: number, sd: number) =>
  Float64Array.from({ length: n }, () => centre + sd * random.normal());

test('mean over few units', () => {
  const random = new Generator(101);
  covers('t, 6 units', 6_000, 0.94, 0.96, () => meanInterval(normals(random, 6, TRUE_SHIFT, 2), 0.95));
});

test('contrast of groups of unequal size and variance', () => {
  const random = new Generator(102);
  covers('Welch', 4_000, 0.935, 0.965, () =>
    welchContrast(
      [meanInterval(normals(random, 8, 3, 4), 0.95), meanInterval(normals(random, 20, 2, 1), 0.95)],
      [1, -1],
      0.95,
    ),
  );
});

test('Hodges–Lehmann, exact and normal ranks, on heavy tails', () => {
  const random = new Generator(103);
  const heavy = (n: number, centre: number) =>
    sortedCopy(Float64Array.from({ length: n }, () => centre + Math.tan(Math.PI * (random.unit() - 0.5))));
  covers('20 × 25', 2_000, 0.935, 0.97, () => hodgesLehmann(heavy(20, 0), heavy(25, TRUE_SHIFT), 0.95));
  covers('120 × 100', 1_000, 0.93, 0.97, () => hodgesLehmann(heavy(120, 0), heavy(100, TRUE_SHIFT), 0.95));
  covers('one sample of 12', 4_000, 0.94, 0.97, () => pseudoMedian(heavy(12, TRUE_SHIFT), 0.95));
});

test('block bootstrap of a mean over 40 skewed units, and over 12', () => {
  const random = new Generator(104);
  covers('BCa', 1_000, 0.92, 0.97, () => {
    const units = Float64Array.from({ length: 40 }, () => (TRUE_SHIFT / 4) * gammaOf4(random));
    const meanOf = (picked: Uint32Array) => picked.reduce((sum, i) => sum + (units[i] as number), 0) / picked.length;
    return blockBootstrap(40, meanOf, { seed: random.uint32(), resamples: 500, confidence: 0.95, method: 'bca' });
  });
  covers('expanded, 12 units', 1_500, 0.93, 0.97, () => {
    const units = normals(random, 12, TRUE_SHIFT, 1);
    const meanOf = (picked: Uint32Array) => picked.reduce((sum, i) => sum + (units[i] as number), 0) / picked.length;
    return blockBootstrap(12, meanOf, { seed: random.uint32(), resamples: 500, confidence: 0.95, method: 'expanded' });
  });
});

test('moving-block bootstrap of the mean of an autocorrelated series', () => {
  const random = new Generator(105);
  const o = { resamples: 300, confidence: 0.95, method: 'expanded', blockLength: 20 } as const;
  covers('AR(1), ρ = 0.4', 500, 0.91, 0.97, () => {
    const series = autoregressive(random, 800, 0.4).map((e) => TRUE_SHIFT + e);
    return movingBlockBootstrap(series, mean, { ...o, seed: random.uint32() });
  });
});

test('shift function: each quantile alone, and all of them together in the band', () => {
  const random = new Generator(106);
  const probabilities = [0.1, 0.5, 0.9];
  let together = 0;
  const rounds = 300;
  const alone = new Array<number>(probabilities.length).fill(0);
  for (let round = 0; round < rounds; round++) {
    const blocks = Array.from({ length: 20 }, () => {
      const drift = 0.5 * random.normal();
      return { baseline: normals(random, 25, drift, 1), treated: normals(random, 25, drift + TRUE_SHIFT, 1) };
    });
    const shifts = shiftFunction(blocks, { seed: random.uint32(), resamples: 150, confidence: 0.95, probabilities });
    shifts.forEach((shift, i) => {
      if (holds(shift, TRUE_SHIFT)) alone[i] = (alone[i] as number) + 1;
    });
    if (shifts.every(({ bandLow, bandHigh }) => holds({ low: bandLow, high: bandHigh }, TRUE_SHIFT))) together++;
  }
  for (const share of [...alone.map((count) => count / rounds), together / rounds]) {
    assert.ok(share >= 0.9 && share <= 0.985, `${alone} alone, ${together} together of ${rounds}`);
  }
});

test('random effects over six nodes, alike and unlike', () => {
  const random = new Generator(107);
  for (const tau of [0, 0.5, 2]) {
    covers(`tau ${tau}`, 4_000, 0.935, 0.97, () =>
      randomEffects(
        Array.from({ length: 6 }, (_, i) => {
          const standardError = 0.3 + 0.1 * i;
          return { effect: TRUE_SHIFT + tau * random.normal() + standardError * random.normal(), standardError };
        }),
        0.95,
      ),
    );
  }
});

test('stopping as soon as the repeated interval is narrow', () => {
  const random = new Generator(108);
  const looks = [12, 24, 36, 48, 60, 72, 84, 96];
  const critical = sequentialBoundaries(
    looks.map((units) => units / 96),
    0.05,
    'pocock',
  ).map((boundary, i) => sequentialCriticalT(boundary, (looks[i] as number) - 1));
  let early = 0;
  covers('until narrow', 3_000, 0.95, 0.995, () => {
    const units = normals(random, 96, TRUE_SHIFT, 1);
    let interval: Interval = { low: -Infinity, high: Infinity };
    for (const [i, n] of looks.entries()) {
      const seen = meanInterval(units.subarray(0, n), 0.95);
      const reach = (critical[i] as number) * seen.standardError;
      interval = { low: seen.mean - reach, high: seen.mean + reach };
      if (reach > 0.35) continue;
      if (n < 96) early++;
      break;
    }
    return interval;
  });
  assert.ok(early > 1_500, `${early} ended early`);
});

test.run();
