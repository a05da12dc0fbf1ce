/** Two stored studies side by side: the cells that both have, and how far their shifts lie apart. Pure. */

import type { Comparison, Estimate, Results } from '../analysis/results.ts';

export interface ShiftView {
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
  readonly verdict: string;
  readonly baseNs: number;
}

export interface DifferenceView {
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
}

export interface SideRow {
  readonly sut: string;
  readonly condition: string;
  /** of both; '' where the studies have one node each and it is not the same */
  readonly node: string;
  readonly design: string;
  readonly vantage: string;
  readonly treated: string;
  /** null where it is not in that study, or carries no interval */
  readonly a: ShiftView | null;
  readonly b: ShiftView | null;
  /** b − a */
  readonly difference: DifferenceView | null;
}

export interface SideStudy {
  readonly id: string;
  readonly startedAt: string;
  readonly status: string;
  readonly hookbenchVersion: string;
  readonly nodes: readonly string[];
  readonly kernels: readonly string[];
  readonly aaPassed: boolean;
}

export interface SideBySide {
  readonly a: SideStudy;
  readonly b: SideStudy;
  readonly rows: readonly SideRow[];
  /** how the difference's interval comes about */
  readonly method: string;
}

const METHOD =
  'Difference = shift of B − shift of A at the median. Its interval takes the two studies for independent: its half-width is the root of the sum of both squared half-widths (95 %). Studies at different times differ in more than what was changed on purpose.';

/** Joined by SUT, condition, node, design, vantage and mechanism; the node is left out of it where each study has just one. */
export function sideBySide(a: Results, b: Results): SideBySide {
  const isOneNode = a.nodes.length === 1 && b.nodes.length === 1;
  const sameNode = a.nodes[0]?.id === b.nodes[0]?.id;
  const keyOf = ({ sut, condition, node, design, vantage, treated }: Comparison) =>
    JSON.stringify([sut, condition, isOneNode ? '' : node, design, vantage, treated]);
  const ofA = new Map(a.comparisons.map((one) => [keyOf(one), one]));
  const ofB = new Map(b.comparisons.map((one) => [keyOf(one), one]));
  const rows = [...new Set([...ofA.keys(), ...ofB.keys()])].map((key) => {
    const [left, right] = [ofA.get(key), ofB.get(key)];
    const { sut, condition, node, design, vantage, treated } = (left ?? right) as Comparison;
    const shown = isOneNode && !sameNode ? '' : node;
    const [shiftA, shiftB] = [shiftOf(left), shiftOf(right)];
    const difference = shiftA === null || shiftB === null ? null : differenceOf(shiftA, shiftB);
    return { sut, condition, node: shown, design, vantage, treated, a: shiftA, b: shiftB, difference };
  });
  return { a: studyOf(a), b: studyOf(b), rows, method: METHOD };
}

/** @returns b − a; as good as independent studies with intervals of the same level allow */
export function differenceOf(a: Interval, b: Interval): DifferenceView {
  const half = ({ lowNs, highNs }: Interval) => (highNs - lowNs) / 2;
  const estimateNs = b.estimateNs - a.estimateNs;
  const reachNs = Math.hypot(half(a), half(b));
  return { estimateNs, lowNs: estimateNs - reachNs, highNs: estimateNs + reachNs };
}

type Interval = Pick<Estimate, 'estimateNs' | 'lowNs' | 'highNs'>;

function shiftOf(comparison: Comparison | undefined): ShiftView | null {
  const estimate = comparison?.shifts.p50 ?? null;
  if (comparison === undefined || estimate === null) return null;
  const { estimateNs, lowNs, highNs } = estimate;
  return { estimateNs, lowNs, highNs, verdict: comparison.verdict, baseNs: comparison.baselineStats.p50Ns };
}

function studyOf({ study, nodes, aa }: Results): SideStudy {
  const { id, startedAt, status, hookbenchVersion } = study;
  return {
    ...{ id, startedAt, status, hookbenchVersion },
    nodes: nodes.map((node) => node.id),
    kernels: [...new Set(nodes.map((node) => node.kernel))],
    aaPassed: aa.passed,
  };
}
