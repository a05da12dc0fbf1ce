import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StatsError } from '../../../controller/stats/errors.ts';
import { alphaSpent, sequentialBoundaries, sequentialCriticalT } from '../../../controller/stats/group-sequential.ts';
import { meanInterval } from '../../../controller/stats/mean-interval.ts';
import { Generator } from '../../../controller/stats/random.ts';
import { tQuantile } from '../../../controller/stats/student.ts';
import { near } from '../../oracle/near.ts';
import { shareOf } from '../../oracle/series.ts';

const test = suite('stats: looking more than once');
const FIFTHS = [0.2, 0.4, 0.6, 0.8, 1];

test('five even looks: the published Lan–DeMets boundaries (Reboussin et al. 2000), digits by Gauss–Legendre in scipy 1.17.1', () => {
  const expected = {
    'obrien-fleming': [4.876884948790762, 3.3570119215746597, 2.680280064545017, 2.2898167677119825, 2.031032043310092],
    pocock: [2.4379766880500116, 2.4268138581501018, 2.410193840271303, 2.3966454006487132, 2.3859845716225325],
  } as const;
  for (const spending of ['obrien-fleming', 'pocock'] as const) {
    sequentialBoundaries(FIFTHS, 0.05, spending).forEach((boundary, i) => {
      near(boundary, expected[spending][i] as number, 1e-7);
    });
  }
});

test('uneven looks, near and far apart (Gauss–Legendre in scipy 1.17.1)', () => {
  const expected = [3.335375408221537, 3.300698095093048, 3.4443505344857464, 2.1789072196756507, 2.205290929938138];
  sequentialBoundaries([0.01, 0.02, 0.021, 0.5, 1], 0.05, 'pocock').forEach((boundary, i) => {
    near(boundary, expected[i] as number, 1e-6);
  });
  const strict = sequentialBoundaries([0.1, 0.15, 0.5, 0.7], 0.01, 'obrien-fleming');
  assert.is(strict[0], 8);
  near(strict[2] as number, 3.8013685973070546, 1e-6);
  near(strict[3] as number, 3.1672768179801514, 1e-6);
});

test('one look at the end is the plain test; later looks leave earlier boundaries alone', () => {
  for (const spending of ['obrien-fleming', 'pocock'] as const) {
    near(sequentialBoundaries([1], 0.05, spending)[0] as number, 1.959963984540054, 1e-9);
    near(alphaSpent(1, 0.05, spending), 0.05);
    assert.is(alphaSpent(0, 0.05, spending), 0);
    const three = sequentialBoundaries([0.3, 0.5, 0.9], 0.05, spending);
    assert.equal(sequentialBoundaries([0.3, 0.5], 0.05, spending), three.slice(0, 2));
  }
  near(sequentialCriticalT(1.959963984540054, 7), tQuantile(0.975, 7), 1e-12);
});

test('looks that fall, repeat or leave (0, 1] are refused', () => {
  for (const fractions of [[0.5, 0.5], [0.5, 0.2], [0], [0.5, 1.1]]) {
    assert.throws(
      () => sequentialBoundaries(fractions, 0.05, 'pocock'),
      (error: unknown) => error instanceof StatsError && error.code === 'bad-argument',
    );
  }
});

test('simulated: no effect, eight looks from 10 units on; 5 % of 4,000 studies claim one, uncorrected 18 %', () => {
  const looks = [10, 20, 30, 40, 50, 60, 70, 80];
  for (const spending of ['obrien-fleming', 'pocock'] as const) {
    const random = new Generator(31);
    const critical = sequentialBoundaries(
      looks.map((units) => units / 80),
      0.05,
      spending,
    ).map((boundary, i) => sequentialCriticalT(boundary, (looks[i] as number) - 1));
    let uncorrected = 0;
    const claimed = shareOf(4_000, () => {
      const units = Float64Array.from({ length: 80 }, () => random.normal());
      const ts = looks.map((n) => {
        const { mean, standardError } = meanInterval(units.subarray(0, n), 0.95);
        return Math.abs(mean / standardError);
      });
      if (ts.some((t, i) => t >= tQuantile(0.975, (looks[i] as number) - 1))) uncorrected++;
      return ts.some((t, i) => t >= (critical[i] as number));
    });
    assert.ok(claimed > 0.038 && claimed < 0.062, `${spending}: ${claimed}`);
    assert.ok(uncorrected / 4_000 > 0.16, `uncorrected ${uncorrected / 4_000}`);
  }
});

test.run();
