/** What is told apart in a sliced cell: how far levels of slices lie apart, and what happens within them. Other arms ran in between. */

import { median } from '../stats/quantile.ts';
import type { Samples } from '../stats/samples.ts';
import { mean } from '../stats/summary.ts';

/** one arm's measured latencies of one process start, and where its slices begin */
export interface SlicedSeries {
  readonly latencyNs: Samples;
  readonly blockStarts: readonly number[];
}

/** Variance between the medians of slices of one arm and process start, over all of a cell: of the second halves, so that a warm-up is not taken for it.
 * @returns ns²; null where no second half has two slices
 * Time O(n log slice). */
export function sliceVariance(all: readonly SlicedSeries[]): number | null {
  let squares = 0;
  let df = 0;
  for (const { latencyNs, blockStarts } of all) {
    const late = blockStarts.slice(blockStarts.length >> 1);
    if (late.length < 2) continue;
    const levels = Float64Array.from(late, (start, i) => median(latencyNs.subarray(start, late[i + 1])));
    const centre = mean(levels);
    for (const level of levels) squares += (level - centre) ** 2;
    df += levels.length - 1;
  }
  return df === 0 ? null : squares / df;
}

/** The series from `at` on, each slice less its own median. Time O(n log slice). */
export function withinSlices({ latencyNs, blockStarts }: SlicedSeries, at: number): Float64Array {
  const rest = Float64Array.from(latencyNs.subarray(at));
  const starts = blockStarts.filter((start) => start > at).map((start) => start - at);
  for (const [i, from] of [0, ...starts].entries()) {
    const own = rest.subarray(from, starts[i]);
    if (own.length === 0) continue;
    const level = median(own);
    for (let j = 0; j < own.length; j++) own[j] = (own[j] as number) - level;
  }
  return rest;
}
