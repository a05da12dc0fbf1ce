/** Beside the median's shift: do the distributions differ anywhere, and by how much at each decile? */

import { pseudoMedian } from '../stats/hodges-lehmann.ts';
import { kolmogorovSmirnov } from '../stats/kolmogorov-smirnov.ts';
import type { SortedSamples } from '../stats/samples.ts';
import { DECILES } from '../stats/shift-function.ts';
import { tQuantile } from '../stats/student.ts';
import { mean } from '../stats/summary.ts';
import { longRun } from './long-run.ts';
import { byFork, type PairedBlock } from './paired-blocks.ts';
import type { Comparison, Design, Estimate, RankShift, ShiftFunction } from './results.ts';
import type { ArmSamples } from './select.ts';
import { CONFIDENCE, inferByDesign } from './unit.ts';

export type Distribution = Pick<
  Comparison,
  'kolmogorovSmirnov' | 'effectiveSamples' | 'hodgesLehmann' | 'shiftFunction'
>;

/** an arm as compare.ts has it */
export interface Described {
  readonly sorted: SortedSamples;
  /** null where a fork has fewer than 50 samples */
  readonly effectiveN: number | null;
}

/** The contract's fields about whole distributions.
 * @param blocks of both arms; none for sequential ones
 * @param unit of the row's own inference, null without one
 * Time O(n): the arms are sorted, and blocks are compared already. */
export function distributionOf(
  baseline: Described,
  treated: Described,
  blocks: readonly PairedBlock[],
  design: Design,
  unit: Estimate['unit'] | null,
): Distribution {
  const { d, p, log10P } = kolmogorovSmirnov(baseline.sorted, treated.sorted);
  return {
    kolmogorovSmirnov: { d, p, log10P },
    effectiveSamples: { baseline: baseline.effectiveN, treated: treated.effectiveN },
    hodgesLehmann: unit === null ? null : hodgesLehmannOf(blocks, unit),
    shiftFunction: shiftFunctionOf(blocks, design),
  };
}

/** What an arm's samples are worth as independent ones, each process start for itself: that starts differ is the fork's matter, not correlation.
 * @returns null where a fork has fewer than 50 samples
 * Time O(n) and a little: long series are averaged over neighbourhoods first (long-run.ts). */
export function effectiveN({ latencyNs, blocks }: ArmSamples): number | null {
  let total = 0;
  for (const fork of new Set(blocks.map((span) => span.fork))) {
    const own = blocks.filter((span) => span.fork === fork);
    const run = longRun(latencyNs.subarray(own[0]?.start, own.at(-1)?.end));
    if (run === null) return null;
    total += run.effectiveN;
  }
  return blocks.length === 0 ? null : total;
}

/** fewer units can't carry a rank interval of 95 % */
const MIN_RANK_UNITS = 6;
const MAX_RANK_UNITS = 1_000;

/** The units' centre by ranks: a single fork or block far out does not move it. */
function hodgesLehmannOf(blocks: readonly PairedBlock[], unit: Estimate['unit']): RankShift | null {
  if (unit !== 'fork' && unit !== 'block') return null;
  const values = unit === 'block' ? blocks.map((block) => block.medianShiftNs) : forkMeans(blocks);
  if (values.length < MIN_RANK_UNITS || values.length > MAX_RANK_UNITS) return null;
  const { shift, low, high } = pseudoMedian(Float64Array.from(values), CONFIDENCE);
  return { shiftNs: shift, lowNs: low, highNs: high, confidence: CONFIDENCE, units: values.length, unit };
}

function forkMeans(blocks: readonly PairedBlock[]): readonly number[] {
  return [...byFork(blocks).values()].map((own) => mean(Float64Array.from(own, (block) => block.medianShiftNs)));
}

/** Shift at the deciles, each as the median's: over the units the design allows. The band holds all nine together (Bonferroni). */
function shiftFunctionOf(blocks: readonly PairedBlock[], design: Design): ShiftFunction | null {
  const groups = [...byFork(blocks).values()];
  const inferred = DECILES.map((_, i) => inferByDesign(differencesAt(groups, i), design));
  if (inferred.some((one) => one === null)) return null;
  const bands = inferred
    .flatMap((one) => (one ? [one.interval] : []))
    .map(({ mean: shift, standardError, df }) => {
      const reach = standardError * tQuantile(1 - (1 - CONFIDENCE) / 2 / DECILES.length, df);
      return { shift, low: shift - reach, high: shift + reach };
    });
  return {
    probabilities: DECILES,
    shiftNs: bands.map(({ shift }) => shift),
    bandLowNs: bands.map(({ low }) => low),
    bandHighNs: bands.map(({ high }) => high),
    confidence: CONFIDENCE,
  };
}

/** one array per fork, of those with a block that is large enough */
function differencesAt(groups: readonly (readonly PairedBlock[])[], decile: number): readonly Float64Array[] {
  return groups
    .map((blocks) => blocks.flatMap(({ decileShiftsNs }) => (decileShiftsNs ? [decileShiftsNs[decile] as number] : [])))
    .filter((values) => values.length > 0)
    .map((values) => Float64Array.from(values));
}
