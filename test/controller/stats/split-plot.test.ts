import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { oneWayAnova } from '../../../controller/stats/anova.ts';
import { splitPlot } from '../../../controller/stats/split-plot.ts';
import { twoWay } from '../../../controller/stats/two-way.ts';
import { random } from '../../helpers/random.ts';

const test = suite('stats/split-plot');

const column = (values: readonly number[]) => values.map((value) => Float64Array.of(value));
const near = (a: number, b: number) => assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)), `${a}, not ${b}`);

test('with one arm it is the one-way analysis of variance of its differences', () => {
  const groups = [
    [3.1, 4.7, 2.2, 5.0],
    [6.4, 5.9, 7.7],
    [1.2, 3.3, 2.8, 2.0, 2.9],
  ];
  const { f, df1, df2, p, epsilon } = splitPlot(groups.map(column));
  const expected = oneWayAnova(groups.map((values) => Float64Array.from(values)));
  near(f, expected.f);
  near(p, expected.p);
  assert.equal([df1, df2, epsilon], [2, 9, 1]);
});

test('two arms worked by hand', () => {
  // centred units (baseline, a, b): group 1 (−1,0,1) and (−1,1,0), group 2 (0,1,−1) and (−1,1,0)
  const groups = [
    [Float64Array.of(1, 2), Float64Array.of(2, 1)],
    [Float64Array.of(1, -1), Float64Array.of(2, 1)],
  ];
  // means (−1, ½, ½) and (−½, 1, −½): between 1.5; within 1 in each group
  const { f, epsilon, df1, df2 } = splitPlot(groups);
  near(f, 1.5 / (2 / 2));
  // residuals (0,−½,½)·2 and (½,0,−½)·2: S ∝ [[1,0,−1],[0,1,−1],[−1,−1,2]], tr 4, tr S² 10
  near(epsilon, 16 / (2 * 10));
  near(df1, 2 * 0.8);
  near(df2, 4 * 0.8);
});

const STUDIES = 4_000;

/** share of tables in which p < 5 % though no arm depends on the group; arms of a unit share the baseline's error */
function falsePositives(
  arms: number,
  perGroup: number,
  test: (groups: readonly (readonly Float64Array[])[]) => number,
) {
  const { normal } = random(20_261_123 + arms);
  let found = 0;
  for (let study = 0; study < STUDIES; study++) {
    const groups = [0, 1].map(() =>
      Array.from({ length: perGroup }, () => {
        const baseline = normal();
        return Float64Array.from({ length: arms }, () => normal() - baseline);
      }),
    );
    if (test(groups) < 0.05) found++;
  }
  return found / STUDIES;
}

test('claims 5 % where there is nothing, with one, two and four arms on one baseline', () => {
  for (const [arms, low] of [
    [1, 0.04],
    [2, 0.03],
    [4, 0.02],
  ] as const) {
    const share = falsePositives(arms, 6, (groups) => splitPlot(groups).p);
    assert.ok(share > low && share < 0.062, `${arms} arms: ${share}`);
  }
});

test('taking the arms for independent groups would not: the shared baseline counts several times', () => {
  const asGroups = (groups: readonly (readonly Float64Array[])[]) =>
    twoWay([0, 1, 2, 3].map((arm) => groups.map((units) => Float64Array.from(units, (unit) => unit[arm] as number))));
  const share = falsePositives(4, 6, (groups) => asGroups(groups).columns.p);
  assert.ok(share > 0.15, `${share}`);
});

test('finds an arm that costs 3 sd more in one group', () => {
  const { normal } = random(5);
  const groups = [0, 3].map((more) =>
    Array.from({ length: 6 }, () => {
      const baseline = normal();
      return Float64Array.of(normal() - baseline, normal() + more - baseline);
    }),
  );
  assert.ok(splitPlot(groups).p < 0.01);
});

test('refuses what it cannot judge', () => {
  const unit = Float64Array.of(1, 2);
  assert.throws(() => splitPlot([[unit]]), /groups/);
  assert.throws(() => splitPlot([[unit], [unit]]), /units/);
  assert.throws(() => splitPlot([[unit, unit], [Float64Array.of(1)]]), /arms/);
  assert.throws(
    () =>
      splitPlot([
        [unit, unit],
        [unit, unit],
      ]),
    /no unit varies/,
  );
});

test.run();
