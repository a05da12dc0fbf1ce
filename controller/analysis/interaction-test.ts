/** One F for a whole table: all mechanisms, all levels. */

import { StatsError } from '../stats/errors.ts';
import { splitPlot } from '../stats/split-plot.ts';
import { mean } from '../stats/summary.ts';
import type { PairedBlock } from './paired-blocks.ts';
import type { InteractionTest } from './results.ts';
import type { Claim } from './row.ts';

/** Mechanisms share their baseline's blocks, so they are repeated measures of one unit (splitPlot), not groups of their own.
 * The unit is the block where every row of the table rests on blocks, else the fork.
 * @param byLevel rows of each level; mechanisms that not every level has are left out
 * @returns null where no mechanism is left, or there is nothing to test against */
export function interactionTest(byLevel: readonly (readonly Claim[])[]): InteractionTest | null {
  const mechanisms = (byLevel[0] ?? [])
    .map(({ comparison }) => comparison.treated)
    .filter((name) => byLevel.every((claims) => claims.some(({ comparison }) => comparison.treated === name)));
  if (mechanisms.length === 0) return null;
  const used = byLevel.map((claims) => mechanisms.flatMap((name) => claims.find((one) => isOf(one, name)) ?? []));
  const unit = used.flat().every(({ inference }) => inference.estimate.unit === 'block') ? 'block' : 'fork';
  const groups = used.map((claims) => unitVectors(claims, unit));
  const units = groups.reduce((sum, group) => sum + group.length, 0);
  if (groups.some((group) => group.length === 0) || units <= groups.length) return null;
  try {
    const { f, df1, df2, p, epsilon } = splitPlot(groups);
    return { f, df1, df2, p, epsilon, mechanisms, unit };
  } catch (error) {
    if (error instanceof StatsError && error.code === 'no-convergence') return null;
    throw error;
  }
}

function isOf({ comparison }: Claim, mechanism: string): boolean {
  return comparison.treated === mechanism;
}

/** one vector per unit that every mechanism of the level has: their median shifts */
function unitVectors(claims: readonly Claim[], unit: InteractionTest['unit']): readonly Float64Array[] {
  const [first, ...others] = claims.map(({ paired }) => unitShifts(paired, unit));
  if (first === undefined) return [];
  return [...first.keys()]
    .filter((key) => others.every((shifts) => shifts.has(key)))
    .map((key) => Float64Array.from([first, ...others], (shifts) => shifts.get(key) as number));
}

function unitShifts(paired: readonly PairedBlock[], unit: InteractionTest['unit']): ReadonlyMap<string, number> {
  const values = new Map<string, number[]>();
  for (const { fork, block, medianShiftNs } of paired) {
    const key = unit === 'fork' ? `${fork}` : `${fork}/${block}`;
    const own = values.get(key);
    if (own) own.push(medianShiftNs);
    else values.set(key, [medianShiftNs]);
  }
  return new Map([...values].map(([key, shifts]) => [key, mean(Float64Array.from(shifts))]));
}
