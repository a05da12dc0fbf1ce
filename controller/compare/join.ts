/** Which row of B belongs to which row of A. */

import type { Comparison, Results } from '../analysis/results.ts';
import type { CellName } from './types.ts';

/** a cell of either study or of both; `b` may hold rows that are like it but measured otherwise */
export interface Joined {
  readonly name: CellName;
  readonly a: Comparison | null;
  readonly b: Comparison | null;
  /** why there is no partner */
  readonly alone: string | null;
}

/** Rows of equal SUT, condition, node, mechanism, baseline, vantage and design. Two studies of one node each are joined whatever their
 * nodes are called: two kernels are most often two machines. */
export function joinCells(a: Results, b: Results): readonly Joined[] {
  const before = hooked(a);
  const after = hooked(b);
  const sameNode = nodeMatch(before, after);
  const taken = new Set<Comparison>();
  const joined = before.map((one): Joined => {
    const isLike = (other: Comparison) => isSameThing(one, other) && sameNode(one.node, other.node);
    const partner = after.find((other) => isLike(other) && isMeasuredAlike(one, other));
    if (partner !== undefined) {
      taken.add(partner);
      return { name: nameOf(one, partner), a: one, b: partner, alone: null };
    }
    const odd = after.find(isLike);
    if (odd !== undefined) taken.add(odd);
    return {
      name: nameOf(one, one),
      a: one,
      b: null,
      alone: odd === undefined ? 'B did not measure it' : unlike(one, odd),
    };
  });
  const rest = after.filter((other) => !taken.has(other));
  return [
    ...joined,
    ...rest.map((one) => ({ name: nameOf(one, one), a: null, b: one, alone: 'A did not measure it' })),
  ];
}

function hooked({ comparisons }: Results): readonly Comparison[] {
  return comparisons.filter((c) => c.treated !== c.baseline);
}

function nodeMatch(a: readonly Comparison[], b: readonly Comparison[]): (one: string, other: string) => boolean {
  const count = (rows: readonly Comparison[]) => new Set(rows.map(({ node }) => node)).size;
  return count(a) === 1 && count(b) === 1 ? () => true : (one, other) => one === other;
}

function isSameThing(one: Comparison, other: Comparison): boolean {
  return one.sut === other.sut && one.condition === other.condition && one.treated === other.treated;
}

function isMeasuredAlike(one: Comparison, other: Comparison): boolean {
  return one.vantage === other.vantage && one.design === other.design && one.baseline === other.baseline;
}

function unlike(one: Comparison, other: Comparison): string {
  if (one.vantage !== other.vantage)
    return `A's clock stands at the ${one.vantage}, B's at the ${other.vantage}: only equal vantages are compared`;
  if (one.design !== other.design)
    return `A's arms are ${one.design}, B's ${other.design}: these are not the same shift`;
  return `A's baseline is ${one.baseline}, B's ${other.baseline}`;
}

function nameOf({ sut, condition, node, vantage, design, baseline, treated }: Comparison, b: Comparison): CellName {
  return { sut, condition, node, nodeB: b.node, vantage, design, baseline, treated };
}
