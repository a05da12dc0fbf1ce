/** The price of looking more than once: at which level the interval of the last look is drawn. */

import { sequentialBoundaries } from '../stats/group-sequential.ts';
import { normalCdf } from '../stats/normal.ts';

export const LOOK_CORRECTION = 'alpha-spending-pocock';

/** Level of the last of several looks at growing data, so that all looks together miss the truth in `alpha` of studies at most.
 * @param units independent units at each look, ascending, e.g. forks: 4, 5, 6; the last look is where it stopped
 * @param alpha in (0, 1)
 * @returns two-sided level of the last look, ≤ alpha; alpha itself where there was one look
 * Lan & DeMets' spending function of Pocock's kind (nearly even over the looks, because such a study ends at the first one that is good
 * enough), on the share of the units seen; the normal level is then used with Student's t (Jennison & Turnbull 2000, ch. 4.4, 7 and 19).
 * Time as sequentialBoundaries. Oracle: simulation of coverage in the tests. */
export function levelOfLastLook(units: readonly number[], alpha: number): number {
  const key = `${alpha} ${units.join(' ')}`;
  const level = known.get(key) ?? findLevel(units, alpha);
  known.set(key, level);
  return level;
}

/** every interval of a study asks for the same one */
const known = new Map<string, number>();

function findLevel(units: readonly number[], alpha: number): number {
  const last = units.at(-1);
  if (last === undefined || units.length === 1) return alpha;
  const shares = units.map((n) => n / last);
  return 2 * normalCdf(-(sequentialBoundaries(shares, alpha, 'pocock').at(-1) as number));
}
