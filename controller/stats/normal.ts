import { StatsError } from './errors.ts';

/** ln of the standard normal's upper tail, ln P(Z > z): finite where the tail itself underflows.
 * @param z any finite number
 * P(Z > z) = Q(1/2, z²/2)/2 for z ≥ 0: power series below z² = 3, continued fraction above.
 * Relative error of the tail about 1e-14. Source: DLMF 8.7.1, 8.9.2. Oracle: scipy.stats.norm.logsf.
 * @throws StatsError no-convergence */
export function lnNormalUpperTail(z: number): number {
  if (z < 0) return Math.log1p(-Math.exp(lnNormalUpperTail(-z)));
  const x = (z * z) / 2;
  return x < 1.5 ? Math.log((1 - centralMass(x)) / 2) : lnFarTail(x) - Math.LN2;
}

/** P(Z ≤ z) of the standard normal.
 * Oracle: scipy.stats.norm.cdf. */
export function normalCdf(z: number): number {
  return z > 0 ? 1 - Math.exp(lnNormalUpperTail(z)) : Math.exp(lnNormalUpperTail(-z));
}

const MAX_TERMS = 1_000;

/** P(1/2, x): the mass between −√(2x) and √(2x) */
function centralMass(x: number): number {
  let term = 2;
  let sum = term;
  for (let k = 1; k < MAX_TERMS && term > sum * 1e-17; k++) {
    term *= x / (0.5 + k);
    sum += term;
  }
  return sum * Math.sqrt(x / Math.PI) * Math.exp(-x);
}

/** ln Q(1/2, x) */
function lnFarTail(x: number): number {
  let b = x + 0.5;
  let c = 1e300;
  let d = 1 / b;
  let value = d;
  for (let k = 1; k <= MAX_TERMS; k++) {
    const a = -k * (k - 0.5);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) return 0.5 * Math.log(x / Math.PI) - x + Math.log(value);
  }
  throw new StatsError('no-convergence', `normal tail at z²/2 = ${x}`);
}
