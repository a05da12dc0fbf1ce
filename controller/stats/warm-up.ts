/** When has a series settled? Heidelberger & Welch's test of stationarity, on batch medians. */

import { batchesOf, batchMedians } from './batches.ts';
import { median } from './quantile.ts';
import type { Samples } from './samples.ts';
import { mean } from './summary.ts';

/** name of the method in the results */
export const WARMUP_METHOD = 'heidelberger-welch';

/** Where a series begins to be stationary.
 * @param series in time order
 * @param candidates ascending positions in it at which it may be cut, the first 0, none past its half
 * @returns the first candidate from which on the rest passes at 1 %; failing that, the last one that passes at 0.1 %;
 *   null where none does, so the series never settles; undefined with fewer than 100 values, too few to tell
 * @param slices where the series was interrupted, if it was: a level of its own after each interruption is no lack of stationarity, so a candidate
 *   must pass within slices, and across them with what their levels vary by
 * The Cramér–von Mises statistic of the rest's Brownian bridge, scaled by the spectral density at 0 of the second half (autoregression, so
 * that autocorrelation is no lack of stationarity). Changed from the paper: medians of up to 100 batches instead of values (stalls play no
 * part), a trend is taken out of the second half first (or a trend would hide itself), the order by AICc. controller/analysis/README.md has its error rates.
 * Time O(n log batch). Source: Heidelberger & Welch 1983; Hurvich & Tsai 1989; as in R's coda::heidel.diag. */
export function settlesAt(
  series: Samples,
  candidates: readonly number[],
  slices: Slices = UNINTERRUPTED,
): number | null | undefined {
  const batches = batchesOf(series.length);
  if (batches === undefined) return undefined;
  const raw = batchMedians(series, batches);
  const level = withoutLevels(raw, slices.starts, series.length);
  const within = spectralDensityAt0(withoutTrend(level.subarray(batches >> 1)));
  const across = slices.variance === null ? Infinity : within + slices.variance * (batches / slices.starts.length);
  const statistics = candidates.map((at) => {
    const from = Math.round((at * batches) / series.length);
    return Math.max(bridgeStatistic(level.subarray(from), within), bridgeStatistic(raw.subarray(from), across));
  });
  const clear = statistics.findIndex((statistic) => statistic < LIMIT_1_PERCENT);
  if (clear >= 0) return candidates[clear] as number;
  return candidates[statistics.findLastIndex((statistic) => statistic < LIMIT_01_PERCENT)] ?? null;
}

/** A series taken in slices, with others' between them. */
export interface Slices {
  /** first index of each, ascending, the first 0 */
  readonly starts: readonly number[];
  /** between the medians of slices of a settled process, in the series' unit squared; null where it is not known: then only what happens
   * within slices is judged */
  readonly variance: number | null;
}

const UNINTERRUPTED: Slices = { starts: [0], variance: 0 };

/** less the median of each slice's batches, where there are several slices */
function withoutLevels(medians: Float64Array, starts: readonly number[], n: number): Float64Array {
  if (starts.length < 2) return medians;
  const bounds = [...starts, n].map((start) => Math.round((start * medians.length) / n));
  const flat = medians.slice();
  for (let slice = 0; slice < starts.length; slice++) {
    const own = flat.subarray(bounds[slice], bounds[slice + 1]);
    if (own.length === 0) continue;
    const level = median(own);
    for (let i = 0; i < own.length; i++) own[i] = (own[i] as number) - level;
  }
  return flat;
}

/** quantiles of the limiting distribution (Anderson & Darling 1952, table 1) */
const LIMIT_1_PERCENT = 0.74346;
const LIMIT_01_PERCENT = 1.16786;

/** Σ of the squared partial sums of deviations / (n² · density at 0) */
function bridgeStatistic(values: Float64Array, density: number): number {
  const centre = mean(values);
  let partial = 0;
  let squares = 0;
  for (const value of values) {
    partial += value - centre;
    squares += partial * partial;
  }
  return squares === 0 ? 0 : squares / (values.length ** 2 * density);
}

/** residuals of a straight line through time */
function withoutTrend(values: Float64Array): Float64Array {
  const middle = (values.length - 1) / 2;
  const centre = mean(values);
  let products = 0;
  let squares = 0;
  values.forEach((value, i) => {
    products += (i - middle) * (value - centre);
    squares += (i - middle) ** 2;
  });
  const slope = products / squares;
  return values.map((value, i) => value - centre - slope * (i - middle));
}

/** of centred values, by Levinson & Durbin's recursion over autoregressions of order 0 … n/10 */
function spectralDensityAt0(values: Float64Array): number {
  const n = values.length;
  const most = Math.floor(n / 10);
  const covariances = Array.from({ length: most + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (values[i] as number) * (values[i - lag] as number);
    return sum / n;
  });
  let variance = covariances[0] as number;
  let coefficients: number[] = [];
  let best = { criterion: aicc(variance, 0, n), density: (variance * n) / (n - 1) };
  for (let order = 1; order <= most && variance > 0; order++) {
    const known = coefficients.reduce((sum, c, j) => sum + c * (covariances[order - 1 - j] as number), 0);
    const reflection = ((covariances[order] as number) - known) / variance;
    coefficients = [...coefficients.map((c, j) => c - reflection * (coefficients.at(-1 - j) as number)), reflection];
    variance *= 1 - reflection * reflection;
    const criterion = aicc(variance, order, n);
    const gain = 1 - coefficients.reduce((sum, c) => sum + c, 0);
    if (criterion < best.criterion) {
      best = { criterion, density: (variance * n) / (n - order - 1) / (gain * gain) };
    }
  }
  return best.density;
}

function aicc(variance: number, order: number, n: number): number {
  const parameters = order + 1;
  return n * Math.log(variance) + 2 * parameters + (2 * parameters * (parameters + 1)) / (n - parameters - 1);
}
