import { requireAtLeast, requireWithin, StatsError } from './errors.ts';
import { lnNormalUpperTail } from './normal.ts';
import { normalQuantile, normalUpperQuantile } from './normal-quantile.ts';
import { tQuantile } from './student.ts';

/** How the error allowed in all is spread over the looks. O'Brien–Fleming-like: next to nothing early, almost all at the end.
 * Pocock-like: nearly even, for ends that are expected early. */
export type Spending = 'obrien-fleming' | 'pocock';

/** The two-sided error spent once the share t of the most units (or time) allowed is used.
 * @param fraction in [0, 1]; @param alpha in (0, 1)
 * @returns in [0, alpha]: O'Brien–Fleming 4 − 4Φ(z₁₋α/₄/√t), that is half of alpha for each side; Pocock α·ln(1 + (e − 1)·t)
 * @throws StatsError bad-argument
 * Time O(1). Source: Lan & DeMets 1983. Oracle: closed form. */
export function alphaSpent(fraction: number, alpha: number, spending: Spending): number {
  requireWithin(0, 1, fraction, 'fraction');
  requireWithin(Number.EPSILON, 1 - Number.EPSILON, alpha, 'alpha');
  if (fraction === 0) return 0;
  if (spending === 'pocock') return alpha * Math.log1p((Math.E - 1) * fraction);
  return 4 * Math.exp(lnNormalUpperTail(normalQuantile(1 - alpha / 4) / Math.sqrt(fraction)));
}

/** Boundaries for |z| when the same growing data are looked at several times: crossing any of them has chance alpha, no more.
 * @param fractions of the most units (or time) allowed at each look so far, rising, in (0, 1]; the looks need not be planned beforehand, but must
 *   not be chosen by what the data say
 * @param alpha two-sided, in (0, 1)
 * @returns one boundary per look, |z| ≥ it; those of looks already made do not change by later ones
 * @throws StatsError sample-too-small | bad-argument
 * Recursive quadrature of the stopped Brownian motion (Simpson, 300 to 3,000 steps per look; looks nearer than 1e-5 to each other
 * are too near): absolute error of a boundary below 1e-4. Time O(looks × steps²), some 5 ms per look.
 * Source: Armitage, McPherson & Rowe 1969; Lan & DeMets 1983; Jennison & Turnbull 2000 ch. 7, 19. Oracle: Reboussin et al. 2000 (ldbounds), simulation. */
export function sequentialBoundaries(
  fractions: readonly number[],
  alpha: number,
  spending: Spending,
): readonly number[] {
  requireAtLeast(1, fractions.length, 'looks');
  const boundaries: number[] = [];
  let alive: Density = { points: new Float64Array(1), weights: Float64Array.of(1) };
  let last = { fraction: 0, sd: 0, edge: 0 };
  for (const fraction of fractions) {
    if (!(fraction > last.fraction && fraction <= 1)) {
      throw new StatsError('bad-argument', `looks at ${fractions.join(', ')}: must rise within (0, 1]`);
    }
    const sd = Math.sqrt(fraction - last.fraction);
    if (last.edge > 0) alive = advance(alive, last.sd, last.edge, Math.min(sd, last.sd));
    const spend = alphaSpent(fraction, alpha, spending) - alphaSpent(last.fraction, alpha, spending);
    const edge = edgeThatSpends(alive, sd, spend, FURTHEST * Math.sqrt(fraction));
    boundaries.push(edge / Math.sqrt(fraction));
    last = { fraction, sd, edge };
  }
  return boundaries;
}

/** What |t| must reach where z must reach `boundary`: the same nominal p at so many degrees of freedom.
 * @param boundary as from sequentialBoundaries; @param df > 0
 * @throws StatsError bad-argument
 * The mean ± this × its standard error, at every look, is a repeated confidence interval: all of them cover together with 1 − alpha.
 * Approximate at small df: 5.5 to 6 % instead of 5 % with 3 or 4 units at
 * the first look, 5.1 % with 10 (README). Time O(1).
 * Source: Jennison & Turnbull 1989 (repeated intervals), 2000 §4.4 (significance-level approach). Oracle: scipy.stats.t, simulation. */
export function sequentialCriticalT(boundary: number, df: number): number {
  return -tQuantile(Math.max(Number.MIN_VALUE, Math.exp(lnNormalUpperTail(boundary))), df);
}

/** Boundaries are not sought beyond: a look that may spend less than 1e-15 cannot stop anything. */
const FURTHEST = 8;
const LEAST_STEPS = 300;
const MOST_STEPS = 3_000;

/** of the walk that has not crossed yet: values and their quadrature weights times density */
interface Density {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

function edgeThatSpends(alive: Density, sd: number, spend: number, furthest: number): number {
  const crossing = (edge: number) => {
    let sum = 0;
    for (let i = 0; i < alive.points.length; i++) {
      const from = alive.points[i] as number;
      const weight = alive.weights[i] as number;
      sum += weight * (upperTail((edge - from) / sd) + upperTail((edge + from) / sd));
    }
    return sum;
  };
  if (alive.points.length === 1 && spend > 0) {
    return Math.min(furthest, sd * normalUpperQuantile(Math.log(spend / 2)));
  }
  let low = 0;
  let high = furthest;
  if (crossing(high) >= spend) return high;
  for (let round = 0; round < 60 && high - low > 1e-10; round++) {
    const middle = (low + high) / 2;
    if (crossing(middle) > spend) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The walk a look later, its values laid out finely enough for the narrower of the steps before and after them. */
function advance(alive: Density, sd: number, edge: number, narrowest: number): Density {
  const steps = 2 * Math.ceil(Math.min(MOST_STEPS, Math.max(LEAST_STEPS, (10 * edge) / narrowest)) / 2);
  const step = (2 * edge) / steps;
  const points = Float64Array.from({ length: steps + 1 }, (_, i) => -edge + i * step);
  const weights = points.map((to, i) => {
    let density = 0;
    for (let k = 0; k < alive.points.length; k++) {
      const z = (to - (alive.points[k] as number)) / sd;
      density += (alive.weights[k] as number) * Math.exp(-(z * z) / 2);
    }
    const simpson = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    return (density * simpson * step) / (3 * sd * Math.sqrt(2 * Math.PI));
  });
  return { points, weights };
}

function upperTail(z: number): number {
  return z > 38 ? 0 : Math.exp(lnNormalUpperTail(z));
}
