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
  /** study warnings that name this SUT, and the mechanisms that have nothing to do with it */
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
    warnings: [...toldWarnings(results).filter((w) => mentions(w.detail, sut)), ...unsuitedWarnings(results, sut)],
  }));
}

/** Warnings that name no SUT. */
export function studyWarnings(results: Results): Results['warnings'] {
  return toldWarnings(results).filter((w) => !results.study.suts.some((sut) => mentions(w.detail, sut)));
}

/** Why a mechanism of the study has no row in a place, in a few words. */
export function whyNotMeasured(results: Results, sut: string, mechanism: string): string {
  const why = results.unsuited?.find((row) => row.sut === sut && row.mechanism === mechanism)?.why;
  if (why !== undefined) return `not measured: ${why}`;
  const isShort = results.warnings.some(
    (w) => w.code === 'not-compared' && w.detail.startsWith(`${sut}: ${mechanism} `),
  );
  return isShort ? 'not compared: too few samples' : 'not measured';
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

/** The study's note on pairs without an arm is told pair by pair where each has its reason. */
function toldWarnings({ warnings, unsuited = [] }: Results): Results['warnings'] {
  const isTold = unsuited.length > 0 && unsuited.every(({ why }) => why !== undefined);
  return isTold ? warnings.filter(({ code }) => code !== 'unsuited') : warnings;
}

function unsuitedWarnings({ unsuited = [] }: Results, sut: string): Results['warnings'] {
  return unsuited.flatMap((row) =>
    row.sut === sut && row.why !== undefined
      ? [{ code: 'unsuited', detail: `${row.mechanism} is not measured on ${sut}: ${row.why}` }]
      : [],
  );
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
