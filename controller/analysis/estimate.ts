import { quantile } from '../stats/quantile.ts';
import { sortInPlace } from '../stats/samples.ts';
import { mean } from '../stats/summary.ts';
import type { Design } from './results.ts';
import { type ArmSamples, type BlockSpan, roomFor } from './select.ts';
import { type MaybeSorted, sequentialShifts } from './sequential.ts';
import { inferByDesign, inferOverForks, type Shifts } from './unit.ts';

export type { Shifts } from './unit.ts';

/** Shifts of median and mean from differences within blocks, of the 99th percentile from differences within forks.
 * @param baseline, treated samples of two arms of one cell
 * @param design decides the unit of inference (unit.ts); `sequential` arms share no block (sequential.ts)
 * @param level see inferByDesign
 * A block counts with ≥ 5 samples of each arm, a fork's p99 with ≥ 100. Time O(n log block). */
export function estimateShifts(baseline: MaybeSorted, treated: MaybeSorted, design: Design, level?: number): Shifts {
  if (design === 'sequential') return sequentialShifts(baseline, treated);
  const pairs = pairBlocks(baseline.blocks, treated.blocks);
  const infer = (statistic: Statistic) =>
    inferByDesign(differencesByFork(baseline, treated, pairs, statistic), design, level);
  const counted = differencesByFork(baseline, treated, pairs, medianOf(null));
  return {
    p50: inferByDesign(counted, design, level),
    mean: infer(meanOf),
    p99: inferOverForks(p99Differences(baseline, treated, pairs), level),
    p50Hit: infer(medianOf(1)),
    p50NoHit: infer(medianOf(0)),
    blocks: counted.reduce((sum, group) => sum + group.length, 0),
    forks: counted.length,
  };
}

/** Differences of block medians, one array per fork with a block in which both arms ran.
 * Time O(n log block). */
export function medianDifferences(baseline: ArmSamples, treated: ArmSamples): readonly Float64Array[] {
  return differencesByFork(baseline, treated, pairBlocks(baseline.blocks, treated.blocks), medianOf(null));
}

/** Block medians in run order, one series per fork.
 * Time O(n log block). */
export function blockMedians(arm: ArmSamples): readonly Float64Array[] {
  const byFork = new Map<number, number[]>();
  for (const span of arm.blocks) {
    const value = medianOf(null)(arm, span);
    if (value !== null) pushTo(byFork, span.fork, value);
  }
  return [...byFork.values()].map((values) => Float64Array.from(values));
}

const MIN_PER_BLOCK = 5;
const MIN_FOR_P99 = 100;

type Statistic = (arm: ArmSamples, span: BlockSpan) => number | null;

interface BlockPair {
  readonly baseline: BlockSpan;
  readonly treated: BlockSpan;
}

function pairBlocks(baseline: readonly BlockSpan[], treated: readonly BlockSpan[]): readonly BlockPair[] {
  const key = (span: BlockSpan) => `${span.fork}/${span.block}`;
  const byKey = new Map(baseline.map((span) => [key(span), span]));
  return treated.flatMap((span) => {
    const partner = byKey.get(key(span));
    return partner ? [{ baseline: partner, treated: span }] : [];
  });
}

/** one array per fork with paired blocks */
function differencesByFork(
  baseline: ArmSamples,
  treated: ArmSamples,
  pairs: readonly BlockPair[],
  statistic: Statistic,
): readonly Float64Array[] {
  const byFork = new Map<number, number[]>();
  for (const pair of pairs) {
    const before = statistic(baseline, pair.baseline);
    const after = statistic(treated, pair.treated);
    if (before !== null && after !== null) pushTo(byFork, pair.treated.fork, after - before);
  }
  return [...byFork.values()].map((values) => Float64Array.from(values));
}

function medianOf(hit: 0 | 1 | null): Statistic {
  return (arm, { start, end }) => {
    const block = arm.latencyNs.slice(start, end);
    const values = hit === null ? block : block.filter((_, i) => arm.hit[start + i] === hit);
    return values.length < MIN_PER_BLOCK ? null : quantile(sortInPlace(values), 0.5);
  };
}

function meanOf(arm: ArmSamples, { start, end }: BlockSpan): number | null {
  return end - start < MIN_PER_BLOCK ? null : mean(arm.latencyNs.subarray(start, end));
}

/** one difference per fork; blocks are too small for a tail */
function p99Differences(baseline: ArmSamples, treated: ArmSamples, pairs: readonly BlockPair[]): Float64Array {
  const forks = [...new Set(pairs.map((pair) => pair.treated.fork))];
  const differences = forks.flatMap((fork) => {
    const own = pairs.filter((pair) => pair.treated.fork === fork);
    const before = pooledP99(
      baseline,
      own.map((pair) => pair.baseline),
    );
    const after = pooledP99(
      treated,
      own.map((pair) => pair.treated),
    );
    return before === null || after === null ? [] : [after - before];
  });
  return Float64Array.from(differences);
}

function pooledP99(arm: ArmSamples, spans: readonly BlockSpan[]): number | null {
  const n = spans.reduce((sum, span) => sum + span.end - span.start, 0);
  if (n < MIN_FOR_P99) return null;
  const pooled = roomFor([arm], n);
  let at = 0;
  for (const { start, end } of spans) {
    pooled.set(arm.latencyNs.subarray(start, end), at);
    at += end - start;
  }
  return quantile(sortInPlace(pooled), 0.99);
}

function pushTo(byFork: Map<number, number[]>, fork: number, value: number): void {
  const values = byFork.get(fork);
  if (values) values.push(value);
  else byFork.set(fork, [value]);
}
