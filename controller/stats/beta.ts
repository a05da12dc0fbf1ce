import { requireWithin, StatsError } from './errors.ts';
import { lnGamma, lnGammaStep } from './gamma.ts';

/** ln of the regularised incomplete beta function I_x(a, b): finite where I_x itself underflows.
 * @param x in [0, 1], with y = 1 − x given separately so that neither loses digits near 0
 * @param a > 0, b > 0
 * @throws StatsError bad-argument | no-convergence
 * Continued fraction (modified Lentz) on the side where it converges fast. Time O(√max(a, b)).
 * Source: DLMF 8.17.22; Press et al. 1992 §6.4. Oracle: scipy, mpmath. */
export function lnIncompleteBeta(x: number, y: number, a: number, b: number): number {
  requireWithin(0, 1, x, 'x');
  requireWithin(0, 1, y, 'y');
  if (x === 0) return -Infinity;
  if (y === 0) return 0;
  if (x < (a + 1) / (a + b + 2)) return lnLowerSide(x, y, a, b);
  return Math.log1p(-Math.exp(lnLowerSide(y, x, b, a)));
}

function lnLowerSide(x: number, y: number, a: number, b: number): number {
  const lnX = x > 0.5 ? Math.log1p(-y) : Math.log(x);
  const lnY = y > 0.5 ? Math.log1p(-x) : Math.log(y);
  return a * lnX + b * lnY - Math.log(a) - lnBeta(a, b) + Math.log(continuedFraction(x, a, b));
}

function lnBeta(a: number, b: number): number {
  const large = Math.max(a, b);
  const small = Math.min(a, b);
  return lnGamma(small) - lnGammaStep(large, small);
}

const MAX_TERMS = 20_000;
const TINY = 1e-300;

function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    value *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) return value;
  }
  throw new StatsError('no-convergence', `incomplete beta at x = ${x}, a = ${a}, b = ${b}`);
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
