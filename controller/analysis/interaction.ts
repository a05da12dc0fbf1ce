/** Does what a mechanism adds depend on the condition, or on the node? */

import { holm } from '../stats/holm.ts';
import { minimumDetectableEffect } from '../stats/study-size.ts';
import { welchContrast } from '../stats/two-way.ts';
import { intervalUs, pValue, us } from './format.ts';
import { interactionTest } from './interaction-test.ts';
import type { InteractionContrast, InteractionTable } from './results.ts';
import { type Claim, claimOf, groupRows, type Row } from './row.ts';
import { CONFIDENCE } from './unit.ts';
import { ALPHA } from './verdict.ts';

export interface Places {
  readonly conditions: readonly string[];
  readonly nodes: readonly string[];
}

/** One table per SUT, vantage, design and node with two or more conditions, and per condition with two to five nodes (with more, the pooled
 * row's heterogeneity says it). Invalid rows take no part. Holm runs over all contrasts of the study. */
export function interactionTables(rows: readonly Row[], places: Places): readonly InteractionTable[] {
  const claims = rows.flatMap((row) => claimOf(row) ?? []);
  const drafts = [
    ...tablesBy(claims, 'condition', places.conditions),
    ...tablesBy(claims, 'node', places.nodes).filter(({ levels }) => levels.length <= MAX_NODES),
  ];
  const adjusted = holm(drafts.flatMap(({ contrasts }) => contrasts.map(({ p }) => p)));
  let at = 0;
  return drafts.map((table) => ({
    ...table,
    contrasts: table.contrasts.map((one) => finished(one, table.factor, adjusted[at++] as number)),
  }));
}

const MAX_NODES = 5;

type Factor = InteractionTable['factor'];
type Measured = Omit<InteractionContrast, 'pHolm' | 'verdict' | 'sentence'>;
type DraftTable = Omit<InteractionTable, 'contrasts'> & { readonly contrasts: readonly Measured[] };

function tablesBy(claims: readonly Claim[], factor: Factor, order: readonly string[]): readonly DraftTable[] {
  const held = factor === 'condition' ? 'node' : 'condition';
  const groups = groupRows(claims, (one) => [one.sut, one.vantage, one.design, one[held]]);
  return groups.flatMap((group): readonly DraftTable[] => {
    const seen = new Set(group.map(({ comparison }) => comparison[factor]));
    const levels = [...seen].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    if (levels.length < 2) return [];
    const { sut, vantage, design, [held]: at } = group[0].comparison;
    const byLevel = levels.map((level) => group.filter(({ comparison }) => comparison[factor] === level));
    const contrasts = levels.flatMap((to, j) =>
      levels.slice(0, j).flatMap((from, i) => contrastsOf(from, to, byLevel[i] ?? [], byLevel[j] ?? [])),
    );
    return [{ sut, vantage, design, factor, at, levels, test: interactionTest(byLevel), contrasts }];
  });
}

function contrastsOf(from: string, to: string, before: readonly Claim[], after: readonly Claim[]): readonly Measured[] {
  return before.flatMap((one) => {
    const { treated } = one.comparison;
    const other = after.find(({ comparison }) => comparison.treated === treated);
    return other ? [{ treated, from, to, ...contrast(one, other) }] : [];
  });
}

/** Welch's contrast of two rows, from the means, standard errors and degrees of freedom their own intervals have: different process starts, so independent. */
function contrast({ inference: { interval: before } }: Claim, { inference: { interval: after } }: Claim) {
  const { estimate, low, high, df, p, standardError } = welchContrast([after, before], [1, -1], CONFIDENCE);
  return {
    ...{ estimateNs: estimate, lowNs: low, highNs: high, df, p, confidence: CONFIDENCE },
    minimumDetectableNs: minimumDetectableEffect(standardError, df, { pilotDf: df }),
  };
}

function finished(one: Measured, factor: Factor, pHolm: number): InteractionContrast {
  const found = pHolm < ALPHA && one.estimateNs !== 0;
  const verdict = !found ? 'no-detectable-difference' : one.estimateNs > 0 ? 'larger' : 'smaller';
  return { ...one, pHolm, verdict, sentence: sentenceOf(one, factor, pHolm, verdict) };
}

function sentenceOf(one: Measured, factor: Factor, pHolm: number, verdict: InteractionContrast['verdict']): string {
  const [from, to] = factor === 'condition' ? [`in ${one.from}`, `in ${one.to}`] : [`on ${one.from}`, `on ${one.to}`];
  if (verdict !== 'no-detectable-difference') {
    const size = verdict === 'larger' ? one : turned(one);
    return `${one.treated}'s overhead ${to} is ${intervalUs(size)} ${verdict} than ${from} (Holm's ${pValue(pHolm)}).`;
  }
  const outside = one.lowNs > 0 || one.highNs < 0;
  const note = outside
    ? ` (0 lies outside, but not once corrected for the other contrasts: Holm's ${pValue(pHolm)})`
    : '';
  return `${one.treated}: no difference found between its overhead ${to} and ${from}, ${intervalUs(one)}${note}; a true difference of ${us(one.minimumDetectableNs)} would be found 4 times in 5.`;
}

function turned({ estimateNs, lowNs, highNs }: Measured) {
  return { estimateNs: -estimateNs, lowNs: -highNs, highNs: -lowNs };
}
