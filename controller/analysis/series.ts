/** Series for the report's figures, reduced from the same batches as the claims. */

import { quantile } from '../stats/quantile.ts';
import { type SortedSamples, sortedCopy, sortInPlace } from '../stats/samples.ts';
import { type TukeyWhiskers, tukeyWhiskers } from '../stats/tukey.ts';
import { figureCell, type Place } from './figure-cell.ts';
import type { StudyRecord } from './record.ts';
import type { Design } from './results.ts';
import { type ArmSamples, armSamples } from './select.ts';
import { warmupOf } from './warmup.ts';

export type { Place } from './figure-cell.ts';
export { type LagBin, type LagSeries, lagSeries } from './lag.ts';

/** five numbers, whiskers and the outliers furthest out */
export interface BoxSeries {
  readonly n: number;
  readonly minNs: number;
  readonly q1Ns: number;
  readonly medianNs: number;
  readonly q3Ns: number;
  readonly maxNs: number;
  readonly whiskerLowNs: number;
  readonly whiskerHighNs: number;
  readonly outliers: number;
  /** at most 200, the furthest from the whiskers, ascending */
  readonly extremeOutliersNs: readonly number[];
}

export interface BlockPoint {
  readonly fork: number;
  readonly block: number;
  /** since the first measured block of this arm */
  readonly sinceStartMs: number;
  readonly medianNs: number;
  readonly n: number;
}

/** Tukey's boxplot of one arm's measured samples (the paper's figure 4).
 * @param arm index of the arm
 * @returns null without samples. Time O(n log n), one copy of the arm's samples. */
export function boxSeries(
  study: StudyRecord,
  sut: string,
  design: Design,
  arm: number,
  at: Place = {},
): BoxSeries | null {
  const samples = samplesAt(study, sut, design, arm, at);
  if (!samples || samples.latencyNs.length === 0) return null;
  const sorted = sortedCopy(samples.latencyNs);
  const whiskers = tukeyWhiskers(sorted);
  return {
    n: sorted.length,
    minNs: quantile(sorted, 0),
    q1Ns: whiskers.q1,
    medianNs: quantile(sorted, 0.5),
    q3Ns: whiskers.q3,
    maxNs: quantile(sorted, 1),
    whiskerLowNs: whiskers.low,
    whiskerHighNs: whiskers.high,
    outliers: whiskers.outliersBelow + whiskers.outliersAbove,
    extremeOutliersNs: extremes(sorted, whiskers),
  };
}

/** Block medians of one arm over time.
 * @returns in run order, empty without samples. Time O(n log block). */
export function blockSeries(
  study: StudyRecord,
  sut: string,
  design: Design,
  arm: number,
  at: Place = {},
): readonly BlockPoint[] {
  const samples = samplesAt(study, sut, design, arm, at);
  if (!samples) return [];
  const firstNs = samples.blocks.reduce<bigint | null>(
    (low, { t0Ns }) => (low === null || t0Ns < low ? t0Ns : low),
    null,
  );
  return samples.blocks.map(({ fork, block, t0Ns, start, end }) => ({
    fork,
    block,
    sinceStartMs: Number(t0Ns - (firstNs ?? t0Ns)) / 1e6,
    medianNs: quantile(sortInPlace(samples.latencyNs.slice(start, end)), 0.5),
    n: end - start,
  }));
}

const MAX_OUTLIERS = 200;

function samplesAt(study: StudyRecord, sut: string, design: Design, arm: number, at: Place): ArmSamples | null {
  const cell = figureCell(study, sut, design, at);
  return cell ? armSamples(cell, arm, warmupOf(study, cell).forks) : null;
}

function extremes(
  sorted: SortedSamples,
  { low, high, outliersBelow, outliersAbove }: TukeyWhiskers,
): readonly number[] {
  let below = 0;
  let above = 0;
  const at = (index: number) => sorted[index] as number;
  while (below + above < Math.min(MAX_OUTLIERS, outliersBelow + outliersAbove)) {
    const downwards = below < outliersBelow ? low - at(below) : -1;
    const upwards = above < outliersAbove ? at(sorted.length - 1 - above) - high : -1;
    if (upwards >= downwards) above++;
    else below++;
  }
  return [...sorted.slice(0, below), ...sorted.slice(sorted.length - above)];
}
