/** Pairs of made-up studies for what holds two of them against each other. */

import { analyse } from '../../controller/analysis/analyse.ts';
import type { Comparison, Estimate, Results } from '../../controller/analysis/results.ts';
import { goodResults } from './results.ts';
import { makeStudy, type StudyShape } from './study.ts';

/** the analysis of a made-up study, under a name of its own */
export function analysed(id: string, shape: Partial<StudyShape>): Results {
  return analyse({ ...makeStudy(shape), id });
}

/** The handwritten study with process starts as units, as a measured one has.
 * @param shiftNs added to every shift */
export function forked(id: string, shiftNs = 0, units = 6): Results {
  const good = goodResults();
  const moved = (e: Estimate | null): Estimate | null =>
    e === null
      ? null
      : {
          ...e,
          estimateNs: e.estimateNs + shiftNs,
          lowNs: e.lowNs + shiftNs,
          highNs: e.highNs + shiftNs,
          units,
          unit: 'fork',
        };
  const comparisons = good.comparisons.map((c): Comparison => {
    const { p50, mean, p99 } = c.shifts;
    return { ...c, shifts: { p50: moved(p50), mean: moved(mean), p99: moved(p99) } };
  });
  return { ...good, study: { ...good.study, id }, comparisons };
}

/** @returns the same results with one comparison changed */
export function withRow(results: Results, at: number, change: (c: Comparison) => Comparison): Results {
  return { ...results, comparisons: results.comparisons.map((c, i) => (i === at ? change(c) : c)) };
}
