import { lnChiSquareUpperTail } from './chi-square.ts';
import { requireAtLeast, requireWithin, StatsError } from './errors.ts';
import { tQuantile, tTwoSidedP } from './student.ts';

/** One node's estimate. */
export interface NodeEffect {
  readonly effect: number;
  /** > 0, taken as known */
  readonly standardError: number;
}

export interface PooledEffect {
  readonly estimate: number;
  readonly standardError: number;
  /** what the nodes' own errors and tau² alone would give (DerSimonian & Laird's) */
  readonly ownError: number;
  readonly low: number;
  readonly high: number;
  /** nodes − 1 */
  readonly df: number;
  readonly p: number;
  readonly log10P: number;
  /** Cochran's Q, its p by chi-square with nodes − 1 df: do the nodes differ by more than their own errors? */
  readonly q: number;
  readonly qP: number;
  /** share of the variation that is between nodes, in [0, 1) */
  readonly iSquared: number;
  /** variance between nodes, in the effect's unit squared; 0 where Q does not exceed its df */
  readonly tauSquared: number;
  /** where a further node's true effect is to be expected; null below 3 nodes */
  readonly prediction: { readonly low: number; readonly high: number } | null;
  readonly confidence: number;
}

/** One effect over several nodes that may truly differ: random-effects meta-analysis.
 * @param nodes ≥ 2; @param confidence in (0, 1)
 * @returns the pooled effect with interval, p, Q, I², tau² and the prediction interval
 * @throws StatsError sample-too-small | bad-argument
 * tau² by DerSimonian & Laird, interval by Hartung & Knapp (t, nodes − 1 df): right on average, but nodes that agree by chance give
 * a narrow one, so say where standardError is below ownError. Prediction: Higgins, Thompson & Spiegelhalter 2009,
 * t with nodes − 2 df. Assumes the nodes are a sample of those the reader means, and standard errors from many units each: with few
 * (below some 10 df) Q is too large and the pooled error too small. Time O(nodes).
 * Source: DerSimonian & Laird 1986; Hartung & Knapp 2001; Knapp & Hartung 2003; Higgins & Thompson 2002. Oracle: statsmodels combine_effects. */
export function randomEffects(nodes: readonly NodeEffect[], confidence: number): PooledEffect {
  requireAtLeast(2, nodes.length, 'meta-analysis, nodes');
  requireWithin(Number.EPSILON, 1 - Number.EPSILON, confidence, 'confidence');
  for (const { standardError } of nodes) {
    if (!(standardError > 0))
      throw new StatsError('bad-argument', `a node's standard error is ${standardError}, must be above 0`);
  }
  const df = nodes.length - 1;
  const fixed = weighted(nodes, 0);
  const q = fixed.squares;
  const spread = fixed.total - nodes.reduce((sum, node) => sum + node.standardError ** -4, 0) / fixed.total;
  const tauSquared = Math.max(0, (q - df) / spread);
  const { total, mean, squares } = weighted(nodes, tauSquared);
  const standardError = Math.sqrt(squares / df / total);
  const reach = standardError * tQuantile(0.5 + confidence / 2, df);
  return {
    estimate: mean,
    standardError,
    ownError: 1 / Math.sqrt(total),
    low: mean - reach,
    high: mean + reach,
    df,
    ...tTwoSidedP(mean === 0 ? 0 : mean / standardError, df),
    q,
    qP: Math.exp(lnChiSquareUpperTail(q, df)),
    iSquared: q > df ? (q - df) / q : 0,
    tauSquared,
    prediction: predictionOf(mean, tauSquared + standardError ** 2, df - 1, confidence),
    confidence,
  };
}

function weighted(nodes: readonly NodeEffect[], tauSquared: number) {
  const weights = nodes.map(({ standardError }) => 1 / (standardError ** 2 + tauSquared));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = nodes.reduce((sum, { effect }, i) => sum + effect * (weights[i] as number), 0) / total;
  const squares = nodes.reduce((sum, { effect }, i) => sum + (effect - mean) ** 2 * (weights[i] as number), 0);
  return { total, mean, squares };
}

function predictionOf(mean: number, variance: number, df: number, confidence: number): PooledEffect['prediction'] {
  if (df < 1) return null;
  const reach = Math.sqrt(variance) * tQuantile(0.5 + confidence / 2, df);
  return { low: mean - reach, high: mean + reach };
}
