/** One effect over several nodes, and whether they agree. */

import { holm } from '../stats/holm.ts';
import { type PooledEffect, randomEffects } from '../stats/meta-analysis.ts';
import { intervalUs, pValue, us } from './format.ts';
import type { PooledRow } from './results.ts';
import { type Claim, claimOf, groupRows, type Row } from './row.ts';
import { CONFIDENCE } from './unit.ts';
import { ALPHA } from './verdict.ts';

/** Rows of the same SUT, condition, vantage, design and mechanism on two or more nodes, pooled from the nodes' own estimates.
 * Invalid rows are left out and named. Holm runs over the pooled rows of the study. */
export function pooledRows(rows: readonly Row[]): readonly PooledRow[] {
  const drafts = groupRows(rows, ({ sut, condition, vantage, design, treated }) => [
    ...[sut, condition, vantage, design, treated],
  ]).flatMap(draftOf);
  const adjusted = holm(drafts.map(({ effect }) => effect.p));
  return drafts.map((draft, i) => pooledRow(draft, adjusted[i] as number));
}

interface Draft {
  readonly claims: readonly Claim[];
  readonly all: readonly [Row, ...Row[]];
  readonly effect: PooledEffect;
}

function draftOf(all: readonly [Row, ...Row[]]): readonly Draft[] {
  const claims = all
    .flatMap((row) => claimOf(row) ?? [])
    .filter(({ inference }) => inference.interval.standardError > 0);
  if (claims.length < 2) return [];
  const nodes = claims.map(({ inference: { interval } }) => ({
    effect: interval.mean,
    standardError: interval.standardError,
  }));
  return [{ claims, all, effect: randomEffects(nodes, CONFIDENCE) }];
}

function pooledRow({ claims, all, effect }: Draft, pHolm: number): PooledRow {
  const { sut, condition, vantage, design, treated } = all[0].comparison;
  const tauSquared = effect.tauSquared;
  const weights = claims.map(({ inference }) => 1 / (inference.interval.standardError ** 2 + tauSquared));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const row: Omit<PooledRow, 'sentence'> = {
    ...{ sut, condition, vantage, design, treated },
    nodes: claims.map(({ comparison, inference: { interval } }, i) => ({
      node: comparison.node,
      ...{ estimateNs: interval.mean, lowNs: interval.low, highNs: interval.high },
      standardErrorNs: interval.standardError,
      weight: (weights[i] as number) / total,
      verdict: comparison.verdict,
    })),
    leftOut: all
      .filter((one) => !claims.some(({ comparison }) => comparison === one.comparison))
      .map(({ comparison }) => ({ node: comparison.node, why: comparison.sentence })),
    pooled: {
      ...{ estimateNs: effect.estimate, lowNs: effect.low, highNs: effect.high, confidence: effect.confidence },
      ...{ p: effect.p, pHolm, df: effect.df },
      ...{ standardErrorNs: effect.standardError, ownErrorNs: effect.ownError },
    },
    heterogeneity: { q: effect.q, qP: effect.qP, iSquared: effect.iSquared, tauNs: Math.sqrt(tauSquared) },
    prediction: effect.prediction && { lowNs: effect.prediction.low, highNs: effect.prediction.high },
  };
  return { ...row, sentence: sentenceOf(row, leastUnits(claims)) };
}

/** With fewer degrees of freedom behind a node's error, Q calls chance a difference (stats/meta-analysis.ts). */
const ENOUGH_UNITS = 11;

function leastUnits(claims: readonly Claim[]): number {
  return Math.min(...claims.map(({ inference }) => inference.interval.units));
}

function sentenceOf(row: Omit<PooledRow, 'sentence'>, units: number): string {
  const { nodes, leftOut, pooled, treated, vantage } = row;
  const left = leftOut.length === 0 ? '' : `; left out: ${leftOut.map(({ node }) => node).join(', ')}`;
  const overhead = nodes.filter(({ verdict }) => verdict === 'overhead').length;
  const parts = [
    `${treated}: ${intervalUs(pooled)} at the ${vantage}'s median over ${nodes.length} nodes${left} (${overhead} of ${nodes.length} show overhead by themselves)`,
    meaning(row),
    agreement(row, units),
    ...closeness(row),
  ];
  return `${parts.join('; ')}.`;
}

function meaning({ nodes, pooled }: Omit<PooledRow, 'sentence'>): string {
  if (nodes.length === 2)
    return 'two nodes are too few to speak of others: 1 degree of freedom and no prediction, so go by the own rows of each';
  const p = `Holm's ${pValue(pooled.pHolm)}`;
  if (pooled.pHolm < ALPHA && pooled.estimateNs > 0) return `on average above 0 (${p})`;
  if (pooled.pHolm < ALPHA)
    return `on average below 0 (${p}), which a hook can't be, so something else differs between the arms`;
  return `an average of 0 is not ruled out (${p})`;
}

function agreement({ nodes, heterogeneity, prediction }: Omit<PooledRow, 'sentence'>, units: number): string {
  const { q, qP, iSquared, tauNs } = heterogeneity;
  const figures = `I² ${Math.round(iSquared * 100)} %, Q ${q.toFixed(1)}, ${pValue(qP)}`;
  if (qP >= ALPHA)
    return `no disagreement among the nodes found (${figures})${nodes.length === 2 ? ', which two could hardly show' : ''}`;
  const caution =
    units < ENOUGH_UNITS ? `, though with ${units} units behind a node this comes up by chance too often` : '';
  const next = prediction
    ? `; a further node is to be expected between ${us(prediction.lowNs)} and ${us(prediction.highNs)}`
    : '';
  return `the nodes disagree (${figures}; sd ${us(tauNs)})${caution}${next}`;
}

/** below this share of what the nodes' own errors give, the interval is worth a caution */
const MUCH_CLOSER = 0.75;

function closeness({ pooled }: Omit<PooledRow, 'sentence'>): readonly string[] {
  if (pooled.standardErrorNs >= MUCH_CLOSER * pooled.ownErrorNs) return [];
  const share = Math.round((100 * pooled.standardErrorNs) / pooled.ownErrorNs);
  return [
    `the nodes agree better than their own errors would have it, so the interval is narrow by chance (${share} % of what those give)`,
  ];
}
