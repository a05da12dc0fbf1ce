import { requireAtLeast, requireWithin } from './errors.ts';
import { fourierTransform } from './fourier.ts';
import type { Samples } from './samples.ts';
import { mean } from './summary.ts';

/** Lag-1 autocorrelation: Pearson's r between the series without its last and without its first value,
 * that is numpy.corrcoef(x[:-1], x[1:])[0, 1] (each half centred on its own mean).
 * @param series in time order, ≥ 3 values
 * @returns in [−1, 1]; 0 for a constant series
 * @throws StatsError sample-too-small
 * Time O(n), no copy. Oracle: numpy. */
export function lag1Autocorrelation(series: Samples): number {
  const pairs = series.length - 1;
  requireAtLeast(3, series.length, 'lag-1 autocorrelation');
  let sum = 0;
  for (let i = 0; i < series.length; i++) sum += series[i] as number;
  const meanHead = (sum - (series[pairs] as number)) / pairs;
  const meanTail = (sum - (series[0] as number)) / pairs;
  let cross = 0;
  let squaresHead = 0;
  let squaresTail = 0;
  for (let i = 0; i < pairs; i++) {
    const head = (series[i] as number) - meanHead;
    const tail = (series[i + 1] as number) - meanTail;
    cross += head * tail;
    squaresHead += head * head;
    squaresTail += tail * tail;
  }
  const scale = Math.sqrt(squaresHead) * Math.sqrt(squaresTail);
  return scale === 0 ? 0 : Math.max(-1, Math.min(1, cross / scale));
}

/** Autocorrelation function at lags 0 to maxLag: the usual estimator, every lag divided by n and the lag-0 variance.
 * @param series in time order, ≥ 3 values
 * @param maxLag in [0, n − 1]
 * @returns maxLag + 1 values in [−1, 1], the first 1; all 0 after it for a constant series
 * @throws StatsError sample-too-small | bad-argument
 * By Fourier transform beyond 16 lags, directly below. Time O(n log n). Source: Box & Jenkins 1976 §2.1. Oracle: statsmodels.tsa.stattools.acf. */
export function autocorrelation(series: Samples, maxLag: number): Float64Array {
  const n = series.length;
  requireAtLeast(3, n, 'autocorrelation');
  requireWithin(0, n - 1, maxLag, 'lag');
  const centre = mean(series);
  const centred = Float64Array.from(series, (value) => value - centre);
  const sums = maxLag <= DIRECT_UP_TO ? directSums(centred, maxLag) : transformedSums(centred, maxLag);
  const scale = sums[0] as number;
  return sums.map((sum, lag) => (lag === 0 ? 1 : scale > 0 ? Math.max(-1, Math.min(1, sum / scale)) : 0));
}

const DIRECT_UP_TO = 16;

function directSums(centred: Float64Array, maxLag: number): Float64Array {
  return Float64Array.from({ length: maxLag + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < centred.length; i++) sum += (centred[i] as number) * (centred[i - lag] as number);
    return sum;
  });
}

/** Wiener–Khinchin: the sums are the transform of the spectrum; zeros behind the series keep its end off its start. */
function transformedSums(centred: Float64Array, maxLag: number): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(centred.length + maxLag + 1));
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  re.set(centred);
  fourierTransform(re, im);
  for (let i = 0; i < size; i++) {
    re[i] = (re[i] as number) ** 2 + (im[i] as number) ** 2;
    im[i] = 0;
  }
  fourierTransform(re, im);
  return re.subarray(0, maxLag + 1).map((sum) => sum / size);
}
