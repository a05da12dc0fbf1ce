import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { benjaminiHochberg } from '../../../controller/stats/benjamini-hochberg.ts';
import { StatsError } from '../../../controller/stats/errors.ts';
import { solvePositive } from '../../../controller/stats/linear-solve.ts';
import { meanInterval } from '../../../controller/stats/mean-interval.ts';
import { randomEffects } from '../../../controller/stats/meta-analysis.ts';
import { tQuantile } from '../../../controller/stats/student.ts';
import { twoWay, welchContrast } from '../../../controller/stats/two-way.ts';
import { varianceComponents } from '../../../controller/stats/variance-components.ts';
import { near, nearRelative } from '../../oracle/near.ts';
import { scattered, X, Y } from '../../oracle/samples.ts';

const test = suite('stats: several groups');
const NODES = [
  [0.21, 0.05],
  [0.35, 0.07],
  [0.1, 0.04],
  [0.52, 0.11],
  [0.28, 0.06],
  [0.05, 0.05],
].map(([effect, standardError]) => ({ effect: effect as number, standardError: standardError as number }));

const refused = (code: string, run: () => unknown) =>
  assert.throws(run, (error: unknown) => error instanceof StatsError && error.code === code);

test('nodes that differ: statsmodels 0.13.5’s combine_effects(method_re="dl", use_t=True), Hartung–Knapp', () => {
  const pooled = randomEffects(NODES, 0.95);
  near(pooled.tauSquared, 0.015517349835275444);
  near(pooled.q, 29.34929218738266);
  near(pooled.iSquared, 0.82963814022917);
  near(pooled.estimate, 0.23097217493083425);
  near(pooled.standardError, 0.06601976402339331);
  near(pooled.low, 0.061263, 1e-6);
  near(pooled.high, 0.400681, 1e-6);
  nearRelative(pooled.qP, 1.980123106018264e-5, 1e-11);
  near(pooled.ownError, 0.05708045634393055);
  const reach = Math.sqrt(0.015517349835275444 + 0.06601976402339331 ** 2) * tQuantile(0.975, 4);
  near(pooled.prediction?.low as number, 0.23097217493083425 - reach);
  near(pooled.prediction?.high as number, 0.23097217493083425 + reach);
});

test('nodes that agree have no variance between them (statsmodels 0.13.5’s Q), an error below their own is said', () => {
  const effects = [0.2, 0.21, 0.19];
  const errors = [0.05, 0.06, 0.04];
  const pooled = randomEffects(
    effects.map((effect, i) => ({ effect, standardError: errors[i] as number })),
    0.95,
  );
  const weights = errors.map((error) => error ** -2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  assert.equal([pooled.tauSquared, pooled.iSquared], [0, 0]);
  near(pooled.q, 0.0810234541577941);
  near(pooled.estimate, effects.reduce((sum, effect, i) => sum + effect * (weights[i] as number), 0) / total);
  near(pooled.ownError, 1 / Math.sqrt(total));
  near(pooled.standardError, Math.sqrt(0.0810234541577941 / 2 / total));
});

test('two nodes have no prediction interval, one node is refused, an error of 0 too', () => {
  assert.is(randomEffects(NODES.slice(0, 2), 0.95).prediction, null);
  refused('sample-too-small', () => randomEffects(NODES.slice(0, 1), 0.95));
  refused('bad-argument', () => randomEffects([...NODES, { effect: 1, standardError: 0 }], 0.95));
});

test('the two-way analysis of unequal cells is statsmodels 0.13.5’s anova_lm(typ=3)', () => {
  const sizes = [
    [5, 7, 4],
    [6, 3, 8],
  ];
  const cells = sizes.map((row, a) => row.map((n, c) => scattered(n, 3 + a * 3 + c).map((v) => v + 100 * a * c)));
  const { rows, columns, interaction, msWithin } = twoWay(cells);
  near(rows.f, 1.5375253815408656, 1e-11);
  near(rows.p, 0.2256553232069606, 1e-11);
  near(columns.f, 0.4360096932512442, 1e-11);
  near(columns.p, 0.6510838729510919, 1e-11);
  near(interaction.f, 1.2118489784854996, 1e-11);
  near(interaction.p, 0.31332705047404397, 1e-11);
  near(msWithin, 2259210.970238095 / 27, 1e-11);
  assert.equal([interaction.df1, interaction.df2], [2, 27]);
});

test('two-way: ragged arms, one condition and cells without variance are refused', () => {
  const cell = Float64Array.of(1, 2);
  refused('length-mismatch', () => twoWay([[cell, cell], [cell]]));
  refused('sample-too-small', () => twoWay([[cell], [cell]]));
  refused('no-convergence', () => twoWay([0, 1].map(() => [Float64Array.of(1, 1), Float64Array.of(1, 1)])));
});

test('a contrast of two groups is scipy 1.17.1’s ttest_ind(equal_var=False) with its interval', () => {
  const groups = [X, Y].map((values) => meanInterval(Float64Array.from(values), 0.95));
  const { estimate, low, high, df, p } = welchContrast(groups, [1, -1], 0.95);
  near(estimate, X.reduce((a, b) => a + b) / 14 - Y.reduce((a, b) => a + b) / 12);
  near(low, -14.718911493667065);
  near(high, 27.290340065095634);
  near(df, 19.879788272394343);
  near(p, 0.5394174397597096);
  refused('length-mismatch', () => welchContrast(groups, [1], 0.95));
});

test('variance components of equal sizes are the classical ones (numpy 1.24.2), a negative one is truncated and said', () => {
  const tree = [0, 40, -30].map((node, n) =>
    [0, 1, 2, 3].map((f) =>
      [0, 1, 2, 3, 4].map((b) =>
        scattered(6, n * 20 + f * 5 + b + 1).map((v) => v / 10 + node + ((f * f) % 3) * 12 + ((b * 3) % 4) * 6),
      ),
    ),
  );
  const [node, fork, block, request] = varianceComponents(tree);
  near(node?.variance as number, 1088.124844367284, 1e-10);
  near(fork?.variance as number, 184.27628456790123, 1e-10);
  assert.equal([block?.variance, block?.kind], [0, 'negative']);
  near(request?.variance as number, 1046.4033888888891, 1e-10);
  assert.equal([node?.df, fork?.df, block?.df, request?.df], [2, 9, 48, 300]);
  near(
    [node, fork, block, request].reduce((sum, part) => sum + (part?.share ?? 0), 0),
    1,
  );
});

test('variance components of unequal groups follow Searle’s formula', () => {
  const groups = [Float64Array.of(1, 4, 2), Float64Array.of(9, 7), Float64Array.of(3, 5, 8, 6, 4)];
  const [between, within] = varianceComponents(groups);
  // MSB = 15.2166…, MSW: from the group means 7/3, 8 and 5.2; n₀ = (N − Σn²/N)/(a − 1)
  const grand = 49 / 10;
  const msBetween = (3 * (7 / 3 - grand) ** 2 + 2 * (8 - grand) ** 2 + 5 * (5.2 - grand) ** 2) / 2;
  const msWithin = (14 / 3 + 2 + 14.8) / 7;
  near(within?.variance as number, msWithin);
  near(between?.variance as number, (msBetween - msWithin) / ((10 - 38 / 10) / 2));
});

test('a level of one group tells nothing; uneven depth and single samples are refused', () => {
  const [only, within] = varianceComponents([Float64Array.of(1, 2, 6)]);
  assert.equal([only?.kind, only?.variance], ['one-group', 0]);
  near(within?.variance as number, 7);
  refused('bad-argument', () => varianceComponents([Float64Array.of(1, 2), [Float64Array.of(1, 2)]]));
  refused('sample-too-small', () => varianceComponents([Float64Array.of(1), Float64Array.of(2)]));
});

test('Benjamini–Hochberg is scipy 1.17.1’s false_discovery_control', () => {
  const adjusted = benjaminiHochberg([0.01, 0.04, 0.03, 0.005, 0.8, 0.041]);
  [0.03, 0.0492, 0.0492, 0.03, 0.8, 0.0492].forEach((expected, i) => {
    near(adjusted[i] as number, expected);
  });
  assert.equal(benjaminiHochberg([]), []);
  refused('bad-argument', () => benjaminiHochberg([1.2]));
});

test('linear systems: numpy 2.4.6’s solve, a singular matrix is refused', () => {
  const matrix = [Float64Array.of(4, 1, 0.5), Float64Array.of(1, 3, 0.2), Float64Array.of(0.5, 0.2, 2)];
  const x = solvePositive(matrix, Float64Array.of(1, 2, 3));
  [-0.08172851103804601, 0.596524189760451, 1.4607797087834662].forEach((expected, i) => {
    near(x[i] as number, expected, 1e-14);
  });
  refused('no-convergence', () => solvePositive([Float64Array.of(1, 1), Float64Array.of(1, 1)], Float64Array.of(1, 1)));
});

test.run();
