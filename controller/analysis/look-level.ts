/** The price of looking more than once: at which level the interval of the last look is drawn. */

import { normalCdf } from '../stats/normal.ts';

export const LOOK_CORRECTION = 'alpha-spending-pocock';

/** Level of the last of several looks at growing data, so that all looks together miss the truth in `alpha` of studies at most.
 * @param units independent units at each look, ascending, e.g. forks: 4, 5, 6; the last look is where it stopped
 * @param alpha in (0, 1)
 * @returns two-sided level of the last look, ≤ alpha; alpha itself where there was one look
 * Lan & DeMets' spending function of Pocock's kind, on the share of the units seen. Boundaries by recursive integration (Armitage, McPherson &
 * Rowe 1969) over normal scores; the level is then used with Student's t (Jennison & Turnbull 2000, ch. 4.4, 7 and 19).
 * Time O(looks · 121²). Oracle: Jennison & Turnbull's tables; simulation of coverage in the tests. */
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
  let density: Density | null = null;
  let spent = 0;
  for (const [i, n] of units.entries()) {
    const share = n / last;
    const growth = (n - (units[i - 1] ?? 0)) / last;
    const next = transition(density, growth, share);
    const due = i === units.length - 1 ? alpha : spentBy(share, alpha);
    const bound = boundOf(next, due - spent);
    if (i === units.length - 1) return 2 * normalCdf(-bound / Math.sqrt(share));
    spent = due;
    density = next.within(bound);
  }
  return alpha;
}

/** nearly even over the looks, because this study ends at the first look that is good enough */
function spentBy(share: number, alpha: number): number {
  return alpha * Math.log1p((Math.E - 1) * share);
}

/** of the score √share · Z among the studies that went on, on an even grid from −reach to reach */
interface Density {
  readonly reach: number;
  readonly values: Float64Array;
}

interface Look {
  /** probability that the score is beyond ± bound now, and was not before */
  beyond(bound: number): number;
  within(bound: number): Density;
  readonly reach: number;
}

const POINTS = 121;
/** standard deviations beyond which nothing is left */
const FAR = 8;

function transition(before: Density | null, growth: number, share: number): Look {
  const sd = Math.sqrt(growth);
  const sum = (f: (from: number) => number) => (before === null ? f(0) : integral(before, f));
  const beyond = (bound: number) => sum((from) => normalCdf((from - bound) / sd) + normalCdf((-from - bound) / sd));
  const at = (to: number) =>
    sum((from) => Math.exp(-((to - from) ** 2) / (2 * growth)) / (sd * Math.sqrt(2 * Math.PI)));
  const within = (bound: number) => ({ reach: bound, values: gridOf(bound).map(at) });
  return { beyond, within, reach: FAR * Math.sqrt(share) };
}

/** Simpson's rule */
function integral({ reach, values }: Density, f: (from: number) => number): number {
  const step = (2 * reach) / (POINTS - 1);
  let sum = 0;
  for (let i = 0; i < POINTS; i++) {
    const weight = i === 0 || i === POINTS - 1 ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * (values[i] as number) * f(-reach + i * step);
  }
  return (sum * step) / 3;
}

function gridOf(reach: number): Float64Array {
  return Float64Array.from({ length: POINTS }, (_, i) => -reach + (2 * reach * i) / (POINTS - 1));
}

function boundOf(look: Look, toSpend: number): number {
  return bisect(0, look.reach, (bound) => look.beyond(bound) > toSpend);
}

/** where `isBelow` turns false */
function bisect(from: number, to: number, isBelow: (x: number) => boolean): number {
  let [low, high] = [from, to];
  for (let round = 0; round < 60 && high - low > 1e-12; round++) {
    const middle = (low + high) / 2;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
