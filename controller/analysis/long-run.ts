/** How far the mean of a correlated series can be trusted. */

import type { Samples } from '../stats/samples.ts';
import { mean, moments } from '../stats/summary.ts';

export interface LongRun {
  readonly mean: number;
  /** of the mean, with the correlation between neighbours counted in */
  readonly standardError: number;
  /** independent values whose mean would be as uncertain: between 2 and n */
  readonly effectiveN: number;
}

/** Mean of a positively correlated series with its standard error.
 * @param series in time order, ≥ LEAST_VALUES values, any unit
 * @returns null where there are fewer values; standard error 0 for a constant series
 * Geyer's initial monotone sequence: autocovariances are added up in pairs of lags until a pair is not above 0, each pair taken no
 * larger than the one before. Lags end at 3·√n: what is correlated for longer is drift, not noise around a mean, and is flagged
 * apart. Long series are first averaged over short neighbourhoods (at most MAX_POINTS are left), which leaves the variance of the
 * mean as it is. Negative correlation never counts in the series' favour.
 * Assumes a stationary series within the lags. Time O(n + √n · MAX_POINTS).
 * Source: Geyer 1992 §3.3; the limit of lags: Politis & White 2004, Patton, Politis & White 2009. */
export function longRun(series: Samples): LongRun | null {
  if (series.length < LEAST_VALUES) return null;
  const known = remembered.get(series.buffer) ?? new Map<string, LongRun>();
  remembered.set(series.buffer, known);
  const key = `${series.byteOffset} ${series.length}`;
  const run = known.get(key) ?? runOf(series);
  known.set(key, run);
  return run;
}

/** by where the values lie: an arm and its halves are asked for several times, and nobody changes a recorded series */
const remembered = new WeakMap<ArrayBufferLike, Map<string, LongRun>>();

function runOf(series: Samples): LongRun {
  const n = series.length;
  const { mean: center, variance } = moments(series);
  if (variance === 0) return { mean: center, standardError: 0, effectiveN: n };
  const width = Math.ceil(n / MAX_POINTS);
  const points = neighbourhoodMeans(series, width);
  const lags = Math.min(points.length - 1, Math.ceil((LAGS_PER_ROOT * Math.sqrt(n)) / width));
  const ofPoints = initialSequenceVariance(points, lags);
  // negative correlation within a neighbourhood would make it smaller than for independent values
  const perValue = Math.max(variance, ofPoints * width);
  const standardError = Math.sqrt(perValue / n);
  return { mean: center, standardError, effectiveN: Math.max(2, (n * variance) / perValue) };
}

export const LEAST_VALUES = 50;
const MAX_POINTS = 8_192;
const LAGS_PER_ROOT = 3;

/** values past the last whole neighbourhood, fewer than one, are left out of the correlation only */
function neighbourhoodMeans(series: Samples, width: number): Float64Array {
  const points = new Float64Array(Math.floor(series.length / width));
  for (let i = 0; i < points.length; i++) {
    let sum = 0;
    for (let j = i * width; j < (i + 1) * width; j++) sum += series[j] as number;
    points[i] = sum / width;
  }
  return points;
}

/** lim n · Var(mean of n) */
function initialSequenceVariance(points: Float64Array, lags: number): number {
  const center = mean(points);
  const centered = points.map((value) => value - center);
  let sum = 0;
  let before = Infinity;
  for (let lag = 0; lag + 1 <= lags; lag += 2) {
    const { first, second } = productSums(centered, lag);
    if (lag === 0) sum = -first;
    const pair = first + second;
    if (pair <= 0) break;
    before = Math.min(before, pair);
    sum += 2 * before;
  }
  return Math.max(0, sum / centered.length);
}

/** Σ x[i]·x[i−lag] and the same one lag on, in four sums that do not wait for each other. Each value is loaded once where it can be, and the
 * sums begin as doubles: this is the innermost loop of an import's analysis. */
function productSums(x: Float64Array, lag: number): { first: number; second: number } {
  let a = 0.0;
  let b = 0.0;
  let c = 0.0;
  let d = 0.0;
  const last = x.length - 1;
  let i = lag + 1;
  let behind = x[0] as number;
  for (; i < last; i += 2) {
    const now = x[i] as number;
    const next = x[i + 1] as number;
    const at = x[i - lag] as number;
    const ahead = x[i - lag + 1] as number;
    a += now * at;
    b += now * behind;
    c += next * ahead;
    d += next * at;
    behind = ahead;
  }
  for (; i <= last; i++) {
    a += (x[i] as number) * (x[i - lag] as number);
    b += (x[i] as number) * (x[i - lag - 1] as number);
  }
  return { first: a + c + (x[lag] as number) * (x[0] as number), second: b + d };
}
