/** What a pilot says of the variance of one comparison: between forks, between blocks, between requests. Pure. */

import { medianDifferences } from '../analysis/estimate.ts';
import type { StudyRecord } from '../analysis/record.ts';
import type { Design } from '../analysis/results.ts';
import { type ArmSamples, armSamples, type BlockSpan, cellsOf } from '../analysis/select.ts';
import { warmupOf } from '../analysis/warmup.ts';
import { median } from '../stats/quantile.ts';
import type { Samples } from '../stats/samples.ts';
import { mean, moments } from '../stats/summary.ts';

/** Mean squares of treated − baseline median differences, ns², each with its degrees of freedom. */
export interface PilotVariance {
  readonly sut: string;
  readonly treated: string;
  readonly design: Design;
  readonly condition: string;
  readonly node: string;
  readonly shiftNs: number;
  /** between the means of forks */
  readonly forks: MeanSquare;
  /** between blocks of one fork; null where each fork has one */
  readonly blocks: MeanSquare | null;
  /** of a block's difference, by its requests alone; null where blocks are too small to be parted */
  readonly requests: MeanSquare | null;
  readonly blocksPerFork: number;
  /** of each arm, after what was cut as warm-up */
  readonly requestsPerBlock: number;
  /** share of the measured requests that was kept */
  readonly kept: number;
}

export interface MeanSquare {
  readonly value: number;
  readonly df: number;
}

/** One row per treated arm, SUT, node, condition and design; those with fewer than 2 forks are left out.
 * Between requests: each block in 4 stretches, whose differences' variance over 4 is the block difference's own, so correlation within a stretch is
 * inside. Time O(n log block). Source: Searle, Casella & McCulloch 1992 ch. 4 (balanced nested analysis of variance). */
export function pilotVariances(study: StudyRecord): readonly PilotVariance[] {
  const baseline = study.arms.find((arm) => arm.mechanism === 'none' && !arm.aa);
  if (baseline === undefined) return [];
  return cellsOf(study, ['client', 'caller']).flatMap((cell) => {
    const { forks } = warmupOf(study, cell);
    const before = armSamples(cell, baseline.index, forks);
    return study.arms
      .filter(({ mechanism }) => mechanism !== 'none')
      .flatMap((arm) => {
        const after = armSamples(cell, arm.index, forks);
        const squares = meanSquares(before, after);
        if (squares === null) return [];
        const { sut, design, condition, node } = cell;
        const kept = after.latencyNs.length / (after.latencyNs.length + after.cut);
        return [{ sut, design, condition, node, treated: arm.mechanism, kept, ...squares }];
      });
  });
}

const STRETCHES = 4;
const LEAST_IN_STRETCH = 5;

function meanSquares(before: ArmSamples, after: ArmSamples) {
  const byFork = medianDifferences(before, after);
  if (byFork.length < 2) return null;
  const means = Float64Array.from(byFork, (differences) => mean(differences));
  const blocks = byFork.reduce((sum, differences) => sum + differences.length, 0);
  return {
    shiftNs: mean(means),
    forks: { value: variance(means), df: byFork.length - 1 },
    blocks: withinForks(byFork, blocks),
    requests: withinBlocks(before, after),
    blocksPerFork: byFork.length / byFork.reduce((sum, differences) => sum + 1 / differences.length, 0),
    requestsPerBlock: after.latencyNs.length / blocks,
  };
}

function withinForks(byFork: readonly Float64Array[], blocks: number): MeanSquare | null {
  const df = blocks - byFork.length;
  if (df === 0) return null;
  const squares = byFork.map((group) => (group.length < 2 ? 0 : variance(group) * (group.length - 1)));
  return { value: squares.reduce((sum, square) => sum + square, 0) / df, df };
}

function withinBlocks(before: ArmSamples, after: ArmSamples): MeanSquare | null {
  const partners = new Map(before.blocks.map((span) => [`${span.fork}/${span.block}`, span]));
  const variances = after.blocks.flatMap((span) => {
    const partner = partners.get(`${span.fork}/${span.block}`);
    const own = partner === undefined ? null : stretchDifferences({ before, partner, after, span });
    return own === null ? [] : [variance(own) / STRETCHES];
  });
  if (variances.length === 0) return null;
  return { value: mean(Float64Array.from(variances)), df: variances.length * (STRETCHES - 1) };
}

function stretchDifferences(o: { before: ArmSamples; partner: BlockSpan; after: ArmSamples; span: BlockSpan }) {
  const shortest = Math.min(o.partner.end - o.partner.start, o.span.end - o.span.start);
  if (shortest < STRETCHES * LEAST_IN_STRETCH) return null;
  return Float64Array.from({ length: STRETCHES }, (_, i) => {
    return median(stretch(o.after, o.span, i)) - median(stretch(o.before, o.partner, i));
  });
}

function stretch({ latencyNs }: ArmSamples, { start, end }: BlockSpan, i: number): Samples {
  const at = (part: number) => start + Math.floor((part * (end - start)) / STRETCHES);
  return latencyNs.subarray(at(i), at(i + 1));
}

function variance(values: Float64Array): number {
  return moments(values).sd ** 2;
}
