/** Where the time of a request goes: the clock outside, the clock inside the hook or at the system call, and what remains between them. */

import { bucketQuantile, mergeBuckets } from '../stats/histogram.ts';
import { meanInterval } from '../stats/mean-interval.ts';
import { median } from '../stats/quantile.ts';
import type { Samples } from '../stats/samples.ts';
import { figureCell, type Place } from './figure-cell.ts';
import type { Histogram, StudyRecord } from './record.ts';
import { DESIGNS, type Design, type InsideView, type Vantage } from './results.ts';
import { armSamples, type Cell, cellsOf } from './select.ts';

/** medians of each fork, averaged over the forks */
export interface VantageRow {
  readonly mechanism: string;
  readonly design: Design;
  readonly outsideVantage: Vantage;
  readonly insideVantage: Vantage;
  readonly source: InsideView['source'];
  readonly forks: number;
  readonly outside: ForkMean;
  readonly inside: ForkMean;
  /** outside − inside, fork by fork */
  readonly remains: ForkMean;
}

/** t-interval over forks */
export interface ForkMean {
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
}

/** For each mechanism with a clock of its own: what it saw of a read, beside the request it was part of.
 * Of every measured request: a histogram from the kernel can't leave out what was measured before the warm-up's end.
 * @returns only where two or more forks have both; in-kernel histograms only where the study has one condition, as they don't name theirs
 * Time O(n log n). */
export function vantageSeries(study: StudyRecord, sut: string, at: Place = {}): readonly VantageRow[] {
  return DESIGNS.flatMap((design) => {
    const outside = figureCell(study, sut, design, at);
    if (!outside) return [];
    return study.arms.flatMap((arm) => {
      if (arm.aa || (arm.design !== design && arm.design !== 'both')) return [];
      const outer = mediansByFork(outside, arm.index);
      const inner = insides(study, outside, arm);
      return inner.flatMap(({ vantage, source, medians }) => {
        const row = rowOf(outer, medians);
        if (row === null) return [];
        return [
          { mechanism: arm.mechanism, design, outsideVantage: outside.vantage, insideVantage: vantage, source, ...row },
        ];
      });
    });
  });
}

type Medians = ReadonlyMap<number, number>;

interface Inside {
  readonly vantage: Vantage;
  readonly source: InsideView['source'];
  readonly medians: Medians;
}

const INSIDE: readonly Vantage[] = ['interposer', 'kernel'];

function insides(
  study: StudyRecord,
  outside: Cell,
  arm: { readonly index: number; readonly mechanism: string },
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

function mediansByFork(cell: Cell, arm: number): Medians {
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

function rowOf(outer: Medians, inner: Medians): Pick<VantageRow, 'forks' | 'outside' | 'inside' | 'remains'> | null {
  const both = [...outer].flatMap(([fork, outside]) => {
    const inside = inner.get(fork);
    return inside === undefined ? [] : [{ outside, inside }];
  });
  if (both.length < 2) return null;
  const over = (pick: (one: { outside: number; inside: number }) => number): ForkMean => {
    const { mean, low, high } = meanInterval(Float64Array.from(both, pick), 0.95);
    return { estimateNs: mean, lowNs: low, highNs: high };
  };
  return {
    forks: both.length,
    outside: over((one) => one.outside),
    inside: over((one) => one.inside),
    remains: over((one) => one.outside - one.inside),
  };
}
