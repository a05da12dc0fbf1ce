/** Series over time for the report's figures, reduced from the same batches as the claims. */

import { isAcrossNodes } from '#proto';
import { meanInterval } from '../stats/mean-interval.ts';
import { quantile } from '../stats/quantile.ts';
import { sortInPlace } from '../stats/samples.ts';
import { effectiveN } from './distribution.ts';
import { figureCell, type Place } from './figure-cell.ts';
import { medianInterval } from './median-interval.ts';
import type { StudyRecord } from './record.ts';
import type { Design } from './results.ts';
import { type ArmSamples, armSamples, type BlockSpan } from './select.ts';
import { warmupOf } from './warmup.ts';

export type { Place } from './figure-cell.ts';
export { type LagBin, type LagSeries, lagSeries } from './lag.ts';

export interface BlockPoint {
  readonly fork: number;
  readonly block: number;
  /** since the first measured block of this arm */
  readonly sinceStartMs: number;
  readonly medianNs: number;
  /** 95 % interval of the block's median; null where its requests are too few or their correlation is not known */
  readonly interval: { readonly lowNs: number; readonly highNs: number } | null;
  readonly n: number;
}

/** Block medians of one arm over time, each with an interval that counts the correlation between requests in.
 * @param mostPoints where there are more blocks, neighbours of a fork are averaged, with the t-interval of their medians
 * @returns in run order, empty without samples. Time O(n log block). */
export function blockSeries(
  study: StudyRecord,
  sut: string,
  design: Design,
  arm: number,
  at: Place = {},
  mostPoints = MOST_POINTS,
): readonly BlockPoint[] {
  const samples = samplesAt(study, sut, design, arm, at);
  if (!samples) return [];
  const sinceStartMs = startsOf(samples.blocks, isAcrossNodes(at.condition ?? study.conditions[0] ?? ''));
  const effective = effectiveN(samples);
  const worth = effective === null ? null : effective / samples.latencyNs.length;
  const points = samples.blocks.map(({ fork, block, start, end }, i) => {
    const sorted = sortInPlace(samples.latencyNs.slice(start, end));
    return {
      fork,
      block,
      sinceStartMs: sinceStartMs[i] as number,
      medianNs: quantile(sorted, 0.5),
      interval: worth === null ? null : medianInterval(sorted, worth),
      n: end - start,
    };
  });
  return thinned(points, mostPoints);
}

function earliestNs(blocks: readonly BlockSpan[]): bigint {
  let firstNs = blocks[0]?.t0Ns ?? 0n;
  for (const { t0Ns } of blocks) if (t0Ns < firstNs) firstNs = t0Ns;
  return firstNs;
}

/** When each block began. Across nodes two forks may have been timed by the clocks of two nodes: their times are set one after the other, without
 * what lay between them. */
function startsOf(blocks: readonly BlockSpan[], acrossNodes: boolean): number[] {
  if (blocks.length === 0) return [];
  const firstNs = earliestNs(blocks);
  if (!acrossNodes) return blocks.map(({ t0Ns }) => Number(t0Ns - firstNs) / 1e6);
  const bases = new Map<number, { readonly fromNs: bigint; readonly afterMs: number }>();
  let afterMs = 0;
  for (const fork of new Set(blocks.map((block) => block.fork))) {
    const own = blocks.filter((block) => block.fork === fork);
    const fromNs = earliestNs(own);
    bases.set(fork, { fromNs, afterMs });
    afterMs += Math.max(...own.map(({ t0Ns }) => Number(t0Ns - fromNs) / 1e6));
  }
  return blocks.map(({ fork, t0Ns }) => {
    const base = bases.get(fork)!;
    return base.afterMs + Number(t0Ns - base.fromNs) / 1e6;
  });
}

const MOST_POINTS = 300;

function thinned(points: readonly BlockPoint[], most: number): readonly BlockPoint[] {
  const size = Math.ceil(points.length / most);
  if (size <= 1) return points;
  const forks = [...new Set(points.map(({ fork }) => fork))];
  return forks.flatMap((fork) => {
    const own = points.filter((point) => point.fork === fork);
    return Array.from({ length: Math.ceil(own.length / size) }, (_, i) => joined(own.slice(i * size, (i + 1) * size)));
  });
}

function joined(part: readonly BlockPoint[]): BlockPoint {
  const first = part[0] as BlockPoint;
  if (part.length === 1) return first;
  const { mean, low, high } = meanInterval(
    Float64Array.from(part, (point) => point.medianNs),
    0.95,
  );
  return {
    ...first,
    sinceStartMs: part.reduce((sum, point) => sum + point.sinceStartMs, 0) / part.length,
    medianNs: mean,
    interval: { lowNs: low, highNs: high },
    n: part.reduce((sum, point) => sum + point.n, 0),
  };
}

function samplesAt(study: StudyRecord, sut: string, design: Design, arm: number, at: Place): ArmSamples | null {
  const cell = figureCell(study, sut, design, at);
  return cell ? armSamples(cell, arm, warmupOf(study, cell).forks) : null;
}
