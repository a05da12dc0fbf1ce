/** Bins that suit every arm of a cell, so that their histograms lie over each other. */

import { quantile } from '../stats/quantile.ts';
import type { SortedSamples } from '../stats/samples.ts';
import { tukeyFences } from '../stats/tukey.ts';

export interface Bins {
  readonly fromNs: number;
  readonly widthNs: number;
  readonly bins: number;
}

/** From the fastest request of all arms (outliers aside) to where the slowest arm's box plot ends.
 * @param arms ascending samples, ns; none may be empty
 * @returns about MOST_BINS bins, each a whole number of clock steps wide: a clock of 10 ns in bins of 15 would show teeth
 * Time O(STEPS_LOOKED_AT). */
export function binsFor(arms: readonly SortedSamples[]): Bins {
  if (arms.length === 0) return { fromNs: 0, widthNs: 1, bins: 0 };
  const ends = arms.map(endsOf);
  const low = Math.min(...ends.map((end) => end.low));
  const high = Math.max(...ends.map((end) => end.high));
  const step = Math.max(...arms.map(clockStepNs));
  const wanted = Math.max((high - low) / MOST_BINS, 1e-9);
  const widthNs = step > 0 ? Math.max(1, Math.ceil(wanted / step)) * step : wanted;
  const fromNs = Math.floor(low / widthNs) * widthNs;
  return { fromNs, widthNs, bins: Math.max(1, Math.ceil((high - fromNs) / widthNs + 1e-9)) };
}

/** @returns how many lie in each bin, and outside
 * Time O(bins · log n). */
export function countsIn(
  sorted: SortedSamples,
  { fromNs, widthNs, bins }: Bins,
): { readonly counts: readonly number[]; readonly below: number; readonly above: number } {
  const edges = Array.from({ length: bins + 1 }, (_, i) => firstAtLeast(sorted, fromNs + i * widthNs));
  const counts = edges.slice(1).map((edge, i) => edge - (edges[i] as number));
  return { counts, below: edges[0] ?? 0, above: sorted.length - (edges.at(-1) ?? 0) };
}

const MOST_BINS = 64;
const STEPS_LOOKED_AT = 400;

function endsOf(sorted: SortedSamples): { readonly low: number; readonly high: number } {
  const fences = tukeyFences(quantile(sorted, 0.25), quantile(sorted, 0.75));
  const low = Math.max(fences.low, quantile(sorted, 0));
  return { low, high: Math.max(low, Math.min(fences.high, quantile(sorted, 1))) };
}

/** The usual distance between neighbouring values around the median; 0 where values hardly repeat, so that the clock is finer than the noise. */
function clockStepNs(sorted: SortedSamples): number {
  const middle = sorted.length >> 1;
  const values: number[] = [sorted[middle] as number];
  for (let i = middle; i < sorted.length && values.length < STEPS_LOOKED_AT; i++) {
    const next = sorted[i] as number;
    if (next !== values.at(-1)) values.push(next);
    if (i - middle > STEPS_LOOKED_AT * REPEATS * 10) break;
  }
  const seen = firstAtLeast(sorted, (values.at(-1) as number) + 1e-6) - middle;
  if (values.length < 3 || seen < values.length * REPEATS) return 0;
  const gaps = values.slice(1).map((value, i) => value - (values[i] as number));
  return gaps.sort((a, b) => a - b)[gaps.length >> 1] as number;
}

const REPEATS = 5;

function firstAtLeast(sorted: SortedSamples, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
