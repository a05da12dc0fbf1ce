import { requireWithin } from './errors.ts';
import { lnNormalUpperTail } from './normal.ts';

/** The z with P(Z ≤ z) = p.
 * @param p in (0, 1)
 * @throws StatsError bad-argument
 * Abramowitz & Stegun 26.2.23 as the start, then Newton on ln of the tail. Relative error below 1e-13. Oracle: scipy.stats.norm.ppf. */
export function normalQuantile(p: number): number {
  requireWithin(Number.MIN_VALUE, 1 - Number.EPSILON / 2, p, 'p');
  return p > 0.5 ? normalUpperQuantile(Math.log1p(-p)) : -normalUpperQuantile(Math.log(p));
}

/** The z with ln P(Z > z) = lnTail: also where the tail underflows.
 * @param lnTail finite, below 0
 * @throws StatsError bad-argument
 * Oracle: scipy.stats.norm.isf. */
export function normalUpperQuantile(lnTail: number): number {
  requireWithin(-Number.MAX_VALUE, -Number.MIN_VALUE, lnTail, 'ln of the tail');
  if (lnTail > -Math.LN2) return -normalUpperQuantile(Math.log(-Math.expm1(lnTail)));
  const t = Math.sqrt(-2 * lnTail);
  let z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const lnNow = lnNormalUpperTail(z);
    const lnHazard = -(z * z) / 2 - 0.5 * Math.log(2 * Math.PI) - lnNow;
    const step = (lnNow - lnTail) / Math.exp(lnHazard);
    z += step;
    if (Math.abs(step) <= 1e-15 * Math.abs(z)) break;
  }
  return z;
}

const MAX_ROUNDS = 8;
