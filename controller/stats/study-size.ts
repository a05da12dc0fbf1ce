import { requireWithin, StatsError } from './errors.ts';
import { powerAfterPilot } from './pilot-power.ts';

export interface SizeOptions {
  /** wanted chance of finding the effect, in (alpha, 1); default 0.8 */
  readonly power?: number;
  /** two-sided, in (0, 1); default 0.05 */
  readonly alpha?: number;
  /** degrees of freedom of the variance that is built on; Infinity where it is the true one */
  readonly pilotDf: number;
}

/** The smallest true mean that a study finds with the power asked for, given the standard error that a pilot promises.
 * @param standardError of the study's mean over units, its unit is the result's; 0 gives 0
 * @param df of the study, ≥ 1; the same study over again: o.pilotDf = df
 * @throws StatsError sample-too-small | bad-argument
 * The promise is kept over pairs of pilot and study (powerAfterPilot): a pilot that saw too little variance is made up for by those that saw too much.
 * False position (Illinois) on the ratio until the power is within 1e-9. Oracle: double quadrature in numpy; scipy.stats.nct where the variance is known. */
export function minimumDetectableEffect(standardError: number, df: number, o: SizeOptions): number {
  requireWithin(0, Number.MAX_VALUE, standardError, 'standard error');
  if (standardError === 0) return 0;
  return standardError * ratioFor(df, resolved(o));
}

/** Units needed to find a true mean of the given size.
 * @param effect ≠ 0; @param unitSd sd of one unit as the pilot has it, same unit as effect
 * @returns whole number ≥ 2
 * @throws StatsError bad-argument | no-convergence
 * Bisection over whole numbers, upwards from the normal approximation, which t always exceeds. Oracle: as minimumDetectableEffect. */
export function requiredUnits(effect: number, unitSd: number, o: SizeOptions): number {
  requireWithin(0, Number.MAX_VALUE, unitSd, 'sd');
  const size = Math.abs(effect) / unitSd;
  if (!(size > 0)) throw new StatsError('bad-argument', 'an effect of 0 is never found');
  if (size === Infinity) return 2;
  const goal = resolved(o);
  const enough = (units: number) =>
    powerAfterPilot(size * Math.sqrt(units), goal.pilotDf, units - 1, goal.alpha) >= goal.power;
  const leastUnits = (ratioFor(NEARLY_NORMAL, { ...goal, pilotDf: Infinity }) / size) ** 2;
  if (leastUnits > MAX_UNITS) throw new StatsError('no-convergence', `effect of ${size} sd is too small`);
  // below even odds an unsure variance helps, and the normal approximation is no lower end
  let low = goal.power < 0.5 ? 1 : Math.max(1, Math.floor(leastUnits) - 1);
  let step = 4;
  let high = low + step;
  while (!enough(high)) {
    low = high;
    step *= 2;
    high += step;
    if (high > MAX_UNITS)
      throw new StatsError('no-convergence', `an effect of ${size} sd is never found with that power`);
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

const NEARLY_NORMAL = 2e6;
const MAX_UNITS = 1e15;
const MAX_ROUNDS = 200;

function resolved({ power = 0.8, alpha = 0.05, pilotDf }: SizeOptions): Required<SizeOptions> {
  requireWithin(alpha + Number.EPSILON, 1 - Number.EPSILON, power, 'power');
  return { power, alpha, pilotDf };
}

/** true mean / standard error promised that gives the power */
function ratioFor(df: number, { power, alpha, pilotDf }: Required<SizeOptions>): number {
  const missing = (ratio: number) => powerAfterPilot(ratio, pilotDf, df, alpha) - power;
  let low = 0;
  let high = 4;
  let atLow = alpha - power;
  let atHigh = missing(high);
  while (atHigh < 0) {
    [low, atLow] = [high, atHigh];
    high *= 2;
    atHigh = missing(high);
  }
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const guess = (low * atHigh - high * atLow) / (atHigh - atLow);
    const atGuess = missing(guess);
    if (Math.abs(atGuess) < 1e-9 || high - low < 1e-9) return guess;
    if (atGuess < 0) {
      [low, atLow] = [guess, atGuess];
      atHigh /= 2;
    } else {
      [high, atHigh] = [guess, atGuess];
      atLow /= 2;
    }
  }
  throw new StatsError('no-convergence', `power ${power} at ${df} degrees of freedom`);
}
