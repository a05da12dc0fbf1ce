/** What the clocks inside a mechanism saw, by process start. */

import { bucketQuantile, mergeBuckets } from '../stats/histogram.ts';
import { median } from '../stats/quantile.ts';
import type { Samples } from '../stats/samples.ts';
import type { Arm, Histogram, StudyRecord } from './record.ts';
import type { InsideView, Vantage } from './results.ts';
import { armSamples, type Cell, cellsOf } from './select.ts';

/** fork → ns */
export type Medians = ReadonlyMap<number, number>;

export interface Inside {
  readonly vantage: Vantage;
  readonly source: InsideView['source'];
  readonly medians: Medians;
}

const INSIDE: readonly Vantage[] = ['interposer', 'kernel'];

/** Medians of each fork by each clock inside; in-kernel histograms only where the study has one condition, as they don't name theirs. */
export function insides(
  study: StudyRecord,
  outside: Pick<Cell, 'sut' | 'node' | 'condition' | 'design'>,
  arm: Pick<Arm, 'index' | 'mechanism'>,
): readonly Inside[] {
  const cells = cellsOf(study, INSIDE).filter(
    ({ sut, node, condition, design }) =>
      sut === outside.sut && node === outside.node && condition === outside.condition && design === outside.design,
  );
  const sampled = cells.map((cell): Inside => {
    return { vantage: cell.vantage, source: 'samples', medians: mediansByFork(cell, arm.index) };
  });
  if (study.conditions.length > 1) return sampled;
  const counted = INSIDE.map((vantage): Inside => {
    const mine = study.histograms.filter(
      (one) =>
        one.phase === 'measure' &&
        one.sut === outside.sut &&
        one.node === outside.node &&
        one.mechanism === arm.mechanism &&
        one.vantage === vantage,
    );
    return { vantage, source: 'histogram', medians: histogramMedians(mine) };
  });
  return [...sampled, ...counted];
}

export function mediansByFork(cell: Cell, arm: number): Medians {
  const { latencyNs, blocks } = armSamples(cell, arm);
  const forks = [...new Set(blocks.map(({ fork }) => fork))];
  return new Map(
    forks.map((fork) => {
      const own = blocks.filter((span) => span.fork === fork);
      const series: Samples = latencyNs.subarray(own[0]?.start, own.at(-1)?.end);
      return [fork, median(series)];
    }),
  );
}

function histogramMedians(histograms: readonly Histogram[]): Medians {
  const forks = [...new Set(histograms.map(({ fork }) => fork))];
  return new Map(
    forks.flatMap((fork): [number, number][] => {
      const own = histograms.filter((one) => one.fork === fork);
      const merged = mergeBuckets(own.map(({ lowNs, highNs, counts }) => ({ low: lowNs, high: highNs, counts })));
      return merged.n === 0 ? [] : [[fork, bucketQuantile(merged, 0.5)]];
    }),
  );
}
