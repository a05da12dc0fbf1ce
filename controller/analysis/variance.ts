/** Where a shift's uncertainty comes from, and what there should be more of. */

import { type Nested, type VarianceComponent, varianceComponents } from '../stats/variance-components.ts';
import { byFork, type PairedBlock } from './paired-blocks.ts';
import type { VarianceLevel, VarianceRow } from './results.ts';
import { claimOf, groupRows, type Row } from './row.ts';

/** Rows of the same SUT, condition, vantage, design and mechanism together, their nodes being the coarsest level.
 * Fork and block (and node) by Henderson's method 1 on the blocks' median shifts; what requests alone make a block's median vary by is taken off the
 * block's part. Requests that are correlated within a block therefore count to the block. Invalid rows are left out.
 * A row with fewer than 2 blocks in every fork is left out. */
export function varianceRows(rows: readonly Row[]): readonly VarianceRow[] {
  const claims = rows.flatMap((row) => claimOf(row) ?? []);
  return groupRows(claims, ({ sut, condition, vantage, design, treated }) => [
    ...[sut, condition, vantage, design, treated],
  ]).flatMap((group): readonly VarianceRow[] => {
    const levels = levelsOf(group.map(({ paired }) => paired));
    if (levels === null) return [];
    const { sut, condition, vantage, design, treated } = group[0].comparison;
    return [{ sut, condition, vantage, design, treated, levels, ...adviceOn(treated, levels) }];
  });
}

function levelsOf(nodes: readonly (readonly PairedBlock[])[]): readonly VarianceLevel[] | null {
  const forks = nodes.map((blocks) => [...byFork(blocks).values()]);
  const all = forks.flat(2);
  const forkCount = forks.flat().length;
  if (all.length <= forkCount || forks.some((own) => own.length === 0)) return null;
  const trees: readonly Nested[] = forks.map((own) =>
    own.map((blocks) => Float64Array.from(blocks, ({ medianShiftNs }) => medianShiftNs)),
  );
  const components = varianceComponents(trees.length === 1 ? (trees[0] as Nested) : trees);
  const [within, fork, node] = [...components].reverse();
  if (!within || !fork) return null;
  const requestsInBlock = meanOf(all, ({ requestVariance }) => requestVariance);
  const requests = all.reduce((sum, { n }) => sum + n, 0);
  const left = within.variance - requestsInBlock;
  const block = { variance: Math.max(0, left), kind: left < 0 ? ('negative' as const) : within.kind };
  const request = { variance: (requestsInBlock * requests) / all.length, kind: 'estimated' as const };
  return shared([
    ...(node ? [part('node', node, nodes.length)] : []),
    part('fork', fork, forkCount),
    part('block', block, all.length),
    part('request', request, requests),
  ]);
}

interface Part {
  readonly level: VarianceLevel['level'];
  readonly variance: number;
  readonly units: number;
  readonly kind: VarianceLevel['kind'];
}

function part(
  level: Part['level'],
  { variance, kind }: Pick<VarianceComponent, 'variance' | 'kind'>,
  units: number,
): Part {
  return { level, variance, units, kind };
}

function shared(parts: readonly Part[]): readonly VarianceLevel[] | null {
  const total = parts.reduce((sum, { variance }) => sum + variance, 0);
  const ofMean = parts.reduce((sum, { variance, units }) => sum + variance / units, 0);
  if (!(ofMean > 0)) return null;
  return parts.map(({ level, variance, units, kind }) => ({
    ...{ level, sdNs: Math.sqrt(variance), units, kind },
    share: variance / total,
    intervalShare: variance / units / ofMean,
  }));
}

const MORE_OF = { node: 'nodes', fork: 'forks', block: 'blocks', request: 'requests' } as const;
const MOST = 0.5;

/** More of a level divides its own variance and that of all finer ones. The finest level for which that is at least half is the cheapest that helps:
 * a request costs least, then a block, then a process start, then a node. */
function adviceOn(treated: string, levels: readonly VarianceLevel[]): Pick<VarianceRow, 'add' | 'sentence'> {
  const finestFirst = [...levels].reverse();
  const dividedBy = (level: VarianceLevel) =>
    levels.slice(levels.indexOf(level)).reduce((sum, { intervalShare }) => sum + intervalShare, 0);
  const chosen = finestFirst.find((level) => dividedBy(level) >= MOST) ?? (levels[0] as VarianceLevel);
  const add = MORE_OF[chosen.level];
  const shares = levels
    .filter(({ intervalShare }) => intervalShare >= 0.005)
    .map(({ level, intervalShare }) => `${Math.round(intervalShare * 100)} % from ${level} to ${level}`);
  const narrower = Math.round(100 * Math.sqrt(1 - Math.min(1, dividedBy(chosen)) / 2));
  const untold = levels.filter(({ kind }) => kind === 'one-group').map(({ level }) => level);
  const caution =
    untold.length === 0 ? '' : ` What ${untold.join(' and ')}s differ by is not in it: there is only one.`;
  const perBlock = add === 'requests' ? ' per block' : '';
  const sentence = `${treated}: of its interval's squared width ${shares.join(', ')}; twice the ${add}${perBlock} would narrow it to about ${narrower} %.${caution}`;
  return { add, sentence };
}

function meanOf<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((sum, value) => sum + of(value), 0) / values.length;
}
