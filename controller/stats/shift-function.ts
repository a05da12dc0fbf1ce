import { expandedTail } from './bootstrap.ts';
import { requireAtLeast, requireWithin, StatsError } from './errors.ts';
import { normalQuantile } from './normal-quantile.ts';
import { interpolate, quantile } from './quantile.ts';
import { Generator } from './random.ts';
import { type Samples, sortInPlace } from './samples.ts';

/** One independent unit: the samples of both arms in one block (or fork). */
export interface PairedBlock {
  readonly baseline: Samples;
  readonly treated: Samples;
}

export interface QuantileShift {
  readonly q: number;
  readonly shift: number;
  /** interval of this quantile alone */
  readonly low: number;
  readonly high: number;
  /** band: all quantiles of the call lie within theirs together with the confidence asked for */
  readonly bandLow: number;
  readonly bandHigh: number;
}

export interface ShiftFunctionOptions {
  readonly seed: number;
  /** ≥ 100 */
  readonly resamples: number;
  readonly confidence: number;
  readonly probabilities: readonly number[];
}

export const DECILES: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Shift function: treated − baseline at several quantiles of the pooled samples, with intervals and one simultaneous band.
 * @param blocks ≥ 2, both arms with ≥ 1 value each; unsorted, not changed
 * @param o probabilities each in [0, 1] (type 7), seed, resamples, confidence
 * @returns one entry per probability, in the samples' unit
 * @throws StatsError sample-too-small | bad-argument
 * Draws blocks with replacement, both arms of a block together. Intervals are percentiles, the band is studentised by the resampled standard error and
 * the largest deviation over the quantiles; both widened for few blocks as t is. Assumes blocks, not requests, are exchangeable, and 10 or more of them.
 * Time O(n log n + resamples × n), memory 12 bytes per sample. Source: Doksum & Sievers 1976 (shift function), Efron & Tibshirani 1993 and Hesterberg 2015 (bootstrap),
 * Mandel & Betensky 2008 (simultaneous band). Oracle: numpy.quantile for the shifts, simulation for the coverage. */
export function shiftFunction(blocks: readonly PairedBlock[], o: ShiftFunctionOptions): readonly QuantileShift[] {
  requireAtLeast(2, blocks.length, 'shift function, blocks');
  requireWithin(100, 10_000_000, o.resamples, 'resamples');
  requireWithin(Number.EPSILON, 1 - Number.EPSILON, o.confidence, 'confidence');
  for (const q of o.probabilities) requireWithin(0, 1, q, 'q');
  const baseline = pooled(blocks.map((block) => block.baseline));
  const treated = pooled(blocks.map((block) => block.treated));
  const shiftsOf = (weights: Uint32Array) => {
    const from = weightedQuantiles(baseline, weights, o.probabilities);
    return weightedQuantiles(treated, weights, o.probabilities).map((to, i) => to - (from[i] as number));
  };
  const shifts = shiftsOf(new Uint32Array(blocks.length).fill(1));
  const draws = drawShifts(blocks.length, o, shiftsOf);
  return withIntervals(shifts, draws, blocks.length, o);
}

/** All samples of one arm in ascending order, each with its block. */
interface PooledArm {
  readonly values: Float64Array;
  readonly block: Uint32Array;
  readonly sizes: readonly number[];
}

function pooled(arms: readonly Samples[]): PooledArm {
  for (const arm of arms) requireAtLeast(1, arm.length, 'shift function, a block');
  const n = arms.reduce((sum, arm) => sum + arm.length, 0);
  const raw = new Float64Array(n);
  const blockOf = new Uint32Array(n);
  let at = 0;
  arms.forEach((arm, index) => {
    raw.set(arm, at);
    blockOf.fill(index, at, at + arm.length);
    at += arm.length;
  });
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => (raw[a] as number) - (raw[b] as number));
  return {
    values: Float64Array.from(order, (i) => raw[i] as number),
    block: Uint32Array.from(order, (i) => blockOf[i] as number),
    sizes: arms.map((arm) => arm.length),
  };
}

/** Type 7 quantiles of the samples, each repeated as often as its block was drawn. */
function weightedQuantiles(arm: PooledArm, weights: Uint32Array, probabilities: readonly number[]): number[] {
  const n = arm.sizes.reduce((sum, size, block) => sum + size * (weights[block] as number), 0);
  const ascending = probabilities.map((q, i) => ({ q, i })).sort((a, b) => a.q - b.q);
  const result = new Array<number>(probabilities.length).fill(0);
  let before = 0;
  let at = 0;
  const valueAt = (rank: number) => {
    while (before + (weights[arm.block[at] as number] as number) <= rank) {
      before += weights[arm.block[at] as number] as number;
      at++;
    }
    return arm.values[at] as number;
  };
  for (const { q, i } of ascending) {
    const position = (n - 1) * q;
    const rank = Math.floor(position);
    const low = valueAt(rank);
    const [keptBefore, keptAt] = [before, at];
    const high = rank + 1 < n ? valueAt(rank + 1) : low;
    [before, at] = [keptBefore, keptAt];
    result[i] = interpolate(low, high, position - rank);
  }
  return result;
}

function drawShifts(blocks: number, o: ShiftFunctionOptions, shiftsOf: (weights: Uint32Array) => number[]) {
  const random = new Generator(o.seed);
  const weights = new Uint32Array(blocks);
  const draws = o.probabilities.map(() => new Float64Array(o.resamples));
  for (let draw = 0; draw < o.resamples; draw++) {
    weights.fill(0);
    for (let i = 0; i < blocks; i++) {
      const block = random.below(blocks);
      weights[block] = (weights[block] as number) + 1;
    }
    shiftsOf(weights).forEach((shift, i) => {
      (draws[i] as Float64Array)[draw] = shift;
    });
  }
  return draws;
}

function withIntervals(
  shifts: readonly number[],
  draws: readonly Float64Array[],
  blocks: number,
  o: ShiftFunctionOptions,
) {
  const tail = expandedTail(o.confidence, blocks);
  const widening = normalQuantile(tail) / normalQuantile((1 - o.confidence) / 2);
  const errors = draws.map(spreadOf);
  const largest = Float64Array.from({ length: o.resamples }, (_, draw) =>
    Math.max(...draws.map((own, i) => deviation(own[draw] as number, shifts[i] as number, errors[i] as number))),
  );
  const reach = widening * quantile(sortInPlace(largest), o.confidence);
  return shifts.map((shift, i): QuantileShift => {
    const sorted = sortInPlace(draws[i] as Float64Array);
    const band = reach * (errors[i] as number);
    const [low, high] = [quantile(sorted, tail), quantile(sorted, 1 - tail)];
    const q = o.probabilities[i];
    if (q === undefined) throw new StatsError('length-mismatch', 'a shift without its probability');
    return { q, shift, low, high, bandLow: shift - band, bandHigh: shift + band };
  });
}

function deviation(drawn: number, shift: number, error: number): number {
  return error > 0 ? Math.abs(drawn - shift) / error : 0;
}

function spreadOf(values: Float64Array): number {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}
