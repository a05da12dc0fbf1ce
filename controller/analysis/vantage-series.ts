/** Where the time of a request goes: the clock outside, the clock inside the hook or at the system call, and what remains between them. */

import { meanInterval } from '../stats/mean-interval.ts';
import { figureCell, type Place } from './figure-cell.ts';
import { insides, type Medians, mediansByFork } from './inside-forks.ts';
import type { StudyRecord } from './record.ts';
import { DESIGNS, type Design, type InsideView, type Vantage } from './results.ts';

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
