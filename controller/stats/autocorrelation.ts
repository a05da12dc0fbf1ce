import { requireAtLeast } from './errors.ts';
import type { Samples } from './samples.ts';

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
