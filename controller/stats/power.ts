import { requireAtLeast, requireWithin, StatsError } from './errors.ts';
import { lnGamma } from './gamma.ts';
import { normalCdf } from './normal.ts';
import { tQuantile } from './student.ts';

/** Power of the two-sided one-sample t-test over units.
 * @param noncentrality true mean / standard error of the mean
 * @param df units − 1, ≥ 1; @param alpha in (0, 1)
 * @returns probability of |T| > t₁₋α/₂ under the noncentral t
 * @throws StatsError sample-too-small | bad-argument
 * Exact up to quadrature: T = (Z + δ)/s, so P is the mean over s = √(χ²/df) of two normal tails, by Simpson's rule
 * with steps well below the tails' width 1/t₁₋α/₂ (absolute error below 1e-9). Time O(t₁₋α/₂): some 400 steps at large df, 2,500 at df = 1.
 * Above 10⁶ degrees of freedom s is taken as 1 (error below 1e-6). Source: Johnson, Kotz & Balakrishnan 1995 ch. 31.
 * Oracle: scipy.stats.nct. */
export function tTestPower(noncentrality: number, df: number, alpha = 0.05): number {
  requireAtLeast(1, df, 'power, degrees of freedom');
  requireWithin(Number.EPSILON, 1 - Number.EPSILON, alpha, 'alpha');
  const critical = tQuantile(1 - alpha / 2, df);
  if (df > NORMAL_FROM_DF) return normalCdf(noncentrality - critical) + normalCdf(-noncentrality - critical);
  const reach = 12 / Math.sqrt(2 * df);
  const from = Math.max(0, 1 - reach);
  const steps = 2 * Math.ceil(100 * critical);
  const step = (1 + reach - from) / steps;
  const lnScale = Math.LN2 + (df / 2) * Math.log(df / 2) - lnGamma(df / 2);
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const s = from + i * step;
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    const lnDensity = lnScale - (df * s * s) / 2 + (df > 1 ? (df - 1) * Math.log(s) : 0);
    const rejected = normalCdf(noncentrality - critical * s) + normalCdf(-noncentrality - critical * s);
    sum += weight * Math.exp(lnDensity) * rejected;
  }
  return Math.min(1, (sum * step) / 3);
}

/** The smallest true mean found with the given power, given the standard error seen.
 * @param standardError of the mean over units, its unit is the result's; 0 gives 0
 * @param df units − 1, ≥ 1; @param o.power in (alpha, 1), o.alpha in (0, 1)
 * @throws StatsError sample-too-small | bad-argument
 * False position (Illinois) on the noncentrality to 1e-9. Assumes the variance seen is the true one. Oracle: scipy.stats.nct. */
export function minimumDetectableEffect(standardError: number, df: number, o: PowerOptions = DEFAULTS): number {
  requireWithin(0, Number.MAX_VALUE, standardError, 'standard error');
  if (standardError === 0) return 0;
  return standardError * noncentralityFor(df, o);
}

/** Units needed to find a true mean of the given size.
 * @param effect ≠ 0; @param unitSd sd of one unit, same unit as effect
 * @returns whole number ≥ 2
 * @throws StatsError bad-argument | no-convergence
 * Bisection over whole numbers, upwards from the normal approximation, which t always exceeds. Oracle: scipy.stats.nct. */
export function requiredUnits(effect: number, unitSd: number, o: PowerOptions = DEFAULTS): number {
  requireWithin(0, Number.MAX_VALUE, unitSd, 'sd');
  const size = Math.abs(effect) / unitSd;
  if (!(size > 0)) throw new StatsError('bad-argument', 'an effect of 0 is never found');
  const enough = (units: number) => tTestPower(size * Math.sqrt(units), units - 1, o.alpha) >= o.power;
  if (size === Infinity) return 2;
  const leastUnits = (noncentralityFor(NORMAL_FROM_DF * 2, o) / size) ** 2;
  if (leastUnits > MAX_UNITS) throw new StatsError('no-convergence', `effect of ${size} sd is too small`);
  let low = Math.max(1, Math.floor(leastUnits) - 1);
  let step = 4;
  let high = low + step;
  while (!enough(high)) {
    low = high;
    step *= 2;
    high += step;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

export interface PowerOptions {
  readonly power: number;
  readonly alpha: number;
}

const DEFAULTS: PowerOptions = { power: 0.8, alpha: 0.05 };
const NORMAL_FROM_DF = 1e6;
const MAX_UNITS = 1e15;
const MAX_ROUNDS = 200;

function noncentralityFor(df: number, o: PowerOptions): number {
  requireWithin(o.alpha + Number.EPSILON, 1 - Number.EPSILON, o.power, 'power');
  const missing = (noncentrality: number) => tTestPower(noncentrality, df, o.alpha) - o.power;
  let low = 0;
  let high = 4;
  let atLow = o.alpha - o.power;
  let atHigh = missing(high);
  while (atHigh < 0) {
    [low, atLow] = [high, atHigh];
    high *= 2;
    atHigh = missing(high);
  }
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const guess = (low * atHigh - high * atLow) / (atHigh - atLow);
    const atGuess = missing(guess);
    if (Math.abs(atGuess) < 1e-10 || high - low < 1e-9) return guess;
    if (atGuess < 0) {
      [low, atLow] = [guess, atGuess];
      atHigh /= 2;
    } else {
      [high, atHigh] = [guess, atGuess];
      atLow /= 2;
    }
  }
  throw new StatsError('no-convergence', `power ${o.power} at ${df} degrees of freedom`);
}
