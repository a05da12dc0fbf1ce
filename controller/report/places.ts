/** What is said across conditions, nodes and levels of variance, in lines that every plain renderer shares. */

import type { Comparison, InteractionTable, PooledRow, Results, VarianceRow } from '../analysis/results.ts';
import { formatDuration, formatNumber, formatP } from './format.ts';

/** A table's F, a sentence per contrast found; many that were not found are told in one. */
export function interactionLines(results: Results): readonly string[] {
  return (results.interactions ?? []).flatMap((table) => {
    const found = table.contrasts.filter(({ verdict }) => verdict !== 'no-detectable-difference');
    const others = table.contrasts.filter((one) => !found.includes(one));
    const rest = others.length > MOST_OTHERS ? [othersText(others)] : others.map(({ sentence }) => sentence);
    const test = table.test === null ? [] : [testText(table, table.test)];
    return [...test, ...found.map(({ sentence }) => sentence), ...rest].map((text) => `${tableName(table)}: ${text}`);
  });
}

const MOST_OTHERS = 3;

function othersText(others: InteractionTable['contrasts']): string {
  const worstNs = Math.max(...others.map(({ minimumDetectableNs }) => minimumDetectableNs));
  return `${others.length} contrasts: no difference found; a true one of ${formatDuration(worstNs)} would be found 4 times in 5 in each.`;
}

/** `java-hello, alternated, node-1` */
export function tableName({ sut, design, at }: Pick<InteractionTable, 'sut' | 'design' | 'at'>): string {
  return `${sut}, ${design}, ${at}`;
}

/** `does the overhead depend on the condition? F(2, 9.6) = 4.21, p = 0.047` */
export function testText({ factor }: InteractionTable, test: NonNullable<InteractionTable['test']>): string {
  const { f, df1, df2, p } = test;
  const figures = `F(${degrees(df1)}, ${degrees(df2)}) = ${formatNumber(f, 2)}, ${formatP(p)}`;
  return `does the overhead depend on the ${factor}? ${figures}`;
}

/** whole where nothing was corrected */
function degrees(df: number): string {
  return formatNumber(df, Number.isInteger(df) ? 0 : 1);
}

export function pooledLines(results: Results): readonly string[] {
  return (results.pooled ?? []).map((row) => `${placeName(row)}: ${row.sentence}`);
}

export function varianceLines(results: Results): readonly string[] {
  return (results.variance ?? []).map((row) => `${placeName(row)}: ${row.sentence}`);
}

/** `java-hello, docker` */
export function placeName({ sut, condition }: Pick<PooledRow, 'sut' | 'condition'>): string {
  return `${sut}, ${condition}`;
}

/** the pooled row a comparison is part of */
export function pooledFor(results: Results, c: Comparison): PooledRow | null {
  return results.pooled?.find((row) => isAt(row, c)) ?? null;
}

/** the variance split a comparison is part of */
export function varianceFor(results: Results, c: Comparison): VarianceRow | null {
  return results.variance?.find((row) => isAt(row, c)) ?? null;
}

function isAt(row: PooledRow | VarianceRow, c: Comparison): boolean {
  const isPlace = row.sut === c.sut && row.condition === c.condition;
  return isPlace && row.vantage === c.vantage && row.design === c.design && row.treated === c.treated;
}
