import { requireWithin, StatsError } from './errors.ts';
import { lnGamma } from './gamma.ts';
import { normalQuantile } from './normal-quantile.ts';

/** ln P(χ² ≥ x): finite where the tail itself underflows.
 * @param x ≥ 0; @param df > 0, need not be whole
 * @throws StatsError bad-argument | no-convergence
 * Regularised incomplete gamma: power series below x = df + 2, continued fraction above. Relative error of ln P below 1e-12.
 * Source: DLMF 8.7.1, 8.9.2; Press et al. 1992 §6.2. Oracle: scipy.stats.chi2.logsf. */
export function lnChiSquareUpperTail(x: number, df: number): number {
  requireWithin(0, Number.MAX_VALUE, x, 'chi-square');
  requireWithin(Number.MIN_VALUE, Number.MAX_VALUE, df, 'df');
  if (x === 0) return 0;
  const a = df / 2;
  const half = x / 2;
  const lnScale = a * Math.log(half) - half - lnGamma(a);
  if (half < a + 1) return Math.log1p(-Math.exp(lnScale + Math.log(lowerSeries(half, a))));
  return lnScale + Math.log(upperFraction(half, a));
}

/** The x with P(χ² ≤ x) = p.
 * @param p in (0, 1); @param df > 0, need not be whole
 * @throws StatsError bad-argument | no-convergence
 * Wilson & Hilferty's cube (1931) as the middle of a bracket, then bisection on ln x to 1e-12 of x. Oracle: scipy.stats.chi2.ppf. */
export function chiSquareQuantile(p: number, df: number): number {
  requireWithin(Number.MIN_VALUE, 1 - Number.EPSILON / 2, p, 'p');
  requireWithin(Number.MIN_VALUE, Number.MAX_VALUE, df, 'df');
  const lnUpper = Math.log1p(-p);
  const isBelow = (x: number) => lnChiSquareUpperTail(x, df) > lnUpper;
  const spread = 2 / (9 * df);
  const guess = df * Math.max(LEAST_CUBE_ROOT, 1 - spread + normalQuantile(p) * Math.sqrt(spread)) ** 3;
  let [low, high] = [guess, guess];
  for (let factor = 1.1; !isBelow(low); factor *= factor) low /= factor;
  for (let factor = 1.1; isBelow(high); factor *= factor) high *= factor;
  while (high - low > 1e-12 * high) {
    const middle = Math.sqrt(low * high);
    if (middle <= low || middle >= high) break;
    if (isBelow(middle)) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

const LEAST_CUBE_ROOT = 0.1;
const MAX_TERMS = 100_000;

function lowerSeries(x: number, a: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k < MAX_TERMS; k++) {
    term *= x / (a + k);
    sum += term;
    if (term < sum * 1e-17) return sum;
  }
  throw new StatsError('no-convergence', `chi-square below its mean at ${2 * x}, df = ${2 * a}`);
}

function upperFraction(x: number, a: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let value = d;
  for (let k = 1; k < MAX_TERMS; k++) {
    const an = -k * (k - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) return value;
  }
  throw new StatsError('no-convergence', `chi-square above its mean at ${2 * x}, df = ${2 * a}`);
}
