import { requireAtLeast, requireWithin, StatsError } from './errors.ts';
import { fUpperTail } from './f-tail.ts';
import { solvePositive } from './linear-solve.ts';
import { tQuantile, tTwoSidedP } from './student.ts';
import { moments } from './summary.ts';

export interface FTest {
  readonly f: number;
  readonly df1: number;
  readonly df2: number;
  readonly p: number;
  readonly log10P: number;
}

export interface TwoWay {
  /** arms differ, averaged over the conditions with equal weight */
  readonly rows: FTest;
  /** conditions differ, averaged over the arms with equal weight */
  readonly columns: FTest;
  /** what an arm adds depends on the condition */
  readonly interaction: FTest;
  /** variance within a cell, pooled */
  readonly msWithin: number;
}

/** Two-way analysis of variance with interaction, cells of unequal size allowed.
 * @param cells cells[arm][condition]: one value per unit (a block's or a fork's difference treated − baseline); ≥ 2 × 2 cells, ≥ 1 value in
 *   each and ≥ 2 in one
 * @returns F tests of arms, conditions and their interaction
 * @throws StatsError sample-too-small | length-mismatch | no-convergence (no variance at all)
 * Wald F of contrasts of the cell means, which is type III of the full model. Assumes independent units and one variance for all cells:
 * where Levene's test objects, take welchContrast per question. Time O(n + (arms × conditions)³).
 * Source: Searle 1987 ch. 4; Yates 1934. Oracle: statsmodels anova_lm(typ=3) with sum contrasts. */
export function twoWay(cells: readonly (readonly Float64Array[])[]): TwoWay {
  const columns = cells[0]?.length ?? 0;
  requireAtLeast(2, cells.length, 'two-way, arms');
  requireAtLeast(2, columns, 'two-way, conditions');
  if (cells.some((row) => row.length !== columns)) throw new StatsError('length-mismatch', 'arms differ in conditions');
  const flat = cells.flat().map((cell) => moments(cell));
  const df2 = flat.reduce((sum, cell) => sum + cell.n, 0) - flat.length;
  requireAtLeast(1, df2, 'two-way, degrees of freedom within');
  const msWithin = flat.reduce((sum, cell) => sum + (cell.n - 1) * cell.variance, 0) / df2;
  if (!(msWithin > 0)) throw new StatsError('no-convergence', 'no cell varies: nothing to compare the means with');
  const rowSteps = steps(cells.length);
  const columnSteps = steps(columns);
  const test = (ofRows: readonly Float64Array[], ofColumns: readonly Float64Array[]): FTest => {
    const contrasts = ofRows.flatMap((row) => ofColumns.map((column) => outer(row, column)));
    const f = wald(contrasts, flat) / (contrasts.length * msWithin);
    return { f, df1: contrasts.length, df2, ...fUpperTail(f, contrasts.length, df2) };
  };
  return {
    rows: test(rowSteps, [level(columns)]),
    columns: test([level(cells.length)], columnSteps),
    interaction: test(rowSteps, columnSteps),
    msWithin,
  };
}

export interface ContrastInterval {
  readonly estimate: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  readonly df: number;
  readonly p: number;
  readonly log10P: number;
}

/** what is known of one group's mean; a MeanInterval is one */
export interface GroupMean {
  readonly mean: number;
  readonly standardError: number;
  readonly df: number;
}

/** A weighted sum of group means with a t-interval, each group with its own variance.
 * E.g. weights 1, −1 over one arm's differences in two conditions: does its overhead depend on the condition, and by how much?
 * Weights 1, −1, −1, 1 over two arms × two conditions: does the arms' difference?
 * @param groups independent of each other; @param weights one per group; @param confidence in (0, 1)
 * @returns estimate with interval, in the means' unit; several contrasts need Holm
 * @throws StatsError length-mismatch | bad-argument
 * Welch–Satterthwaite degrees of freedom. Time O(groups). Source: Welch 1947, Satterthwaite 1946. Oracle: scipy.stats.ttest_ind. */
export function welchContrast(
  groups: readonly GroupMean[],
  weights: readonly number[],
  confidence: number,
): ContrastInterval {
  if (groups.length !== weights.length) {
    throw new StatsError('length-mismatch', `${groups.length} groups, ${weights.length} weights`);
  }
  requireWithin(Number.EPSILON, 1 - Number.EPSILON, confidence, 'confidence');
  let estimate = 0;
  let variance = 0;
  let spread = 0;
  let mostDf = 0;
  groups.forEach(({ mean, standardError, df }, i) => {
    const weight = weights[i] as number;
    const part = (weight * standardError) ** 2;
    estimate += weight * mean;
    variance += part;
    spread += part ** 2 / df;
    mostDf += df;
  });
  const df = spread > 0 ? variance ** 2 / spread : mostDf;
  const standardError = Math.sqrt(variance);
  const reach = standardError * tQuantile(0.5 + confidence / 2, df);
  const t = estimate === 0 ? 0 : estimate / standardError;
  return { estimate, standardError, low: estimate - reach, high: estimate + reach, df, ...tTwoSidedP(t, df) };
}

/** neighbouring levels against each other: spans all contrasts */
function steps(levels: number): readonly Float64Array[] {
  return Array.from({ length: levels - 1 }, (_, i) =>
    Float64Array.from({ length: levels }, (_, k) => (k === i ? 1 : k === i + 1 ? -1 : 0)),
  );
}

function level(levels: number): Float64Array {
  return new Float64Array(levels).fill(1 / levels);
}

function outer(row: Float64Array, column: Float64Array): Float64Array {
  return Float64Array.from({ length: row.length * column.length }, (_, i) => {
    return (row[Math.floor(i / column.length)] as number) * (column[i % column.length] as number);
  });
}

/** (Cm)ᵀ (C N⁻¹ Cᵀ)⁻¹ Cm */
function wald(contrasts: readonly Float64Array[], cells: readonly { readonly n: number; readonly mean: number }[]) {
  const centre = cells.reduce((sum, cell) => sum + cell.mean, 0) / cells.length;
  const sumOver = (term: (cell: number) => number) => cells.reduce((sum, _, i) => sum + term(i), 0);
  const seen = Float64Array.from(contrasts, (c) => sumOver((i) => c[i]! * (cells[i]!.mean - centre)));
  const covariance = contrasts.map((a) =>
    Float64Array.from(contrasts, (b) => sumOver((i) => (a[i]! * b[i]!) / cells[i]!.n)),
  );
  const solved = solvePositive(covariance, seen);
  return seen.reduce((sum, value, i) => sum + value * solved[i]!, 0);
}
