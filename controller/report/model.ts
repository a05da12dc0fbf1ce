/** Results regrouped for reading: per SUT, per place measured, with what touches each number beside it. */

import type { Comparison, LossRow, ParityRow, Results, Vantage } from '../analysis/results.ts';

/** comparisons that may stand in one table: same SUT, condition, node and vantage */
export interface Group {
  readonly sut: string;
  readonly condition: string;
  readonly node: string;
  readonly vantage: Vantage;
  readonly comparisons: readonly Comparison[];
  readonly aa: readonly Comparison[];
}

export interface SutView {
  readonly sut: string;
  readonly groups: readonly Group[];
  /** study warnings that name this SUT */
  readonly warnings: Results['warnings'];
}

export interface LossSummary {
  readonly received: number;
  readonly lost: number;
  readonly rows: readonly LossRow[];
}

/** Every SUT of the study in its order, also one without any result. */
export function sutViews(results: Results): readonly SutView[] {
  const named = [...results.comparisons, ...results.aa.comparisons].map((c) => c.sut);
  return [...new Set([...results.study.suts, ...named])].map((sut) => ({
    sut,
    groups: groupsOf(results, sut),
    warnings: results.warnings.filter((w) => mentions(w.detail, sut)),
  }));
}

/** Warnings that name no SUT. */
export function studyWarnings(results: Results): Results['warnings'] {
  return results.warnings.filter((w) => !results.study.suts.some((sut) => mentions(w.detail, sut)));
}

/** Parity of the treated arm of one comparison. */
export function parityFor(results: Results, c: Comparison): readonly ParityRow[] {
  return results.parity.filter(
    (row) => row.sut === c.sut && row.condition === c.condition && row.node === c.node && row.mechanism === c.treated,
  );
}

/** The worst of the parity rows: the one that fails, else the one furthest from 1. */
export function worstParity(rows: readonly ParityRow[]): ParityRow | null {
  const badness = (row: ParityRow) => (row.ok ? 0 : 1e9) + Math.abs(1 - row.ratio);
  return [...rows].sort((a, b) => badness(b) - badness(a))[0] ?? null;
}

/** Loss of the treated arm of one comparison over all hops; null where none was counted. */
export function lossFor(results: Results, c: Comparison): LossSummary | null {
  const rows = results.loss.filter((row) => row.sut === c.sut && row.node === c.node && row.mechanism === c.treated);
  if (rows.length === 0) return null;
  return { received: Math.max(...rows.map((r) => r.received)), lost: sum(rows.map((r) => r.lost)), rows };
}

/** Hops that lost samples and belong to no row of the comparison tables. */
export function unmatchedLoss(results: Results): readonly LossRow[] {
  const matched = new Set(results.comparisons.flatMap((c) => lossFor(results, c)?.rows ?? []));
  return results.loss.filter((row) => row.lost > 0 && !matched.has(row));
}

/** Mechanisms in the study's order, without the baseline, then any that only the comparisons know. */
export function treatedMechanisms(results: Results): readonly string[] {
  const baselines = new Set(results.comparisons.map((c) => c.baseline)).add('none');
  const all = [...results.study.mechanisms, ...results.comparisons.map((c) => c.treated)];
  return [...new Set(all)].filter((mechanism) => !baselines.has(mechanism));
}

/** Parts of a group's name that tell it from its siblings: condition and node only where there are several. */
export function groupLabel(results: Results, group: Group): string {
  const groups = sutViews(results).flatMap((view) => view.groups);
  const several = (pick: (g: Group) => string) => new Set(groups.map(pick)).size > 1;
  const parts = [group.sut];
  if (several((g) => g.condition)) parts.push(group.condition);
  if (several((g) => g.node)) parts.push(group.node);
  if (groups.some((g) => g !== group && sameButVantage(g, group))) parts.push(group.vantage);
  return parts.join(' · ');
}

function groupsOf(results: Results, sut: string): readonly Group[] {
  const groups = new Map<string, { head: Comparison; comparisons: Comparison[]; aa: Comparison[] }>();
  const at = (c: Comparison) => {
    const key = JSON.stringify([c.condition, c.node, c.vantage]);
    const found = groups.get(key) ?? { head: c, comparisons: [], aa: [] };
    groups.set(key, found);
    return found;
  };
  for (const c of results.comparisons) if (c.sut === sut && c.treated !== c.baseline) at(c).comparisons.push(c);
  for (const c of results.aa.comparisons) if (c.sut === sut) at(c).aa.push(c);
  return [...groups.values()].map(({ head, comparisons, aa }) => ({
    sut,
    condition: head.condition,
    node: head.node,
    vantage: head.vantage,
    comparisons,
    aa,
  }));
}

function sameButVantage(a: Group, b: Group): boolean {
  return a.sut === b.sut && a.condition === b.condition && a.node === b.node && a.vantage !== b.vantage;
}

function mentions(text: string, name: string): boolean {
  const at = text.indexOf(name);
  if (name === '' || at < 0) return false;
  const edge = (c: string | undefined) => c === undefined || !/[\w-]/.test(c);
  return edge(text[at - 1]) && edge(text[at + name.length]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
