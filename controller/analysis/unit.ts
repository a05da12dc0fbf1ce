/** What counts as one independent observation: the rule behind every interval. README.md says why. */

import { oneWayAnova } from '../stats/anova.ts';
import { type MeanInterval, meanInterval } from '../stats/mean-interval.ts';
import { mean } from '../stats/summary.ts';
import type { Design, Estimate } from './results.ts';

/** an estimate with what a verdict needs beside it */
export interface Inference {
  readonly estimate: Estimate;
  readonly interval: MeanInterval;
  /** at which the interval was drawn and p is judged: 0.05, or less where the study was looked at more than once */
  readonly level: number;
}

export const CONFIDENCE = 0.95;
const ALPHA = 0.05;

/** Mean shift over the units that the design allows.
 * @param byFork differences treated − baseline of each block, ns, one array per fork
 * @param design `alternated` compares two processes, so one process start (fork) is one unit;
 *   `sliced` compares a process with itself, so a block is one unit unless forks disagree more than blocks do
 * @param level of this look (look-level.ts): the interval is drawn at it, and p is raised to be judged at 0.05
 * @returns null with fewer than 2 units
 * Time O(blocks). */
export function inferByDesign(
  byFork: readonly Float64Array[],
  design: Design,
  level: number = ALPHA,
): Inference | null {
  const overForks = () =>
    inferOverForks(
      Float64Array.from(byFork, (differences) => mean(differences)),
      level,
    );
  return design === 'sliced' && !forksDisagree(byFork) ? inferOverBlocks(byFork, level) : overForks();
}

/** Mean over forks, one value each.
 * @returns null with fewer than 2 forks */
export function inferOverForks(forkDifferences: Float64Array, level: number = ALPHA): Inference | null {
  return inferOver(forkDifferences, 'fork', level);
}

function inferOverBlocks(byFork: readonly Float64Array[], level: number): Inference | null {
  return inferOver(Float64Array.from(byFork.flatMap((differences) => [...differences])), 'block', level);
}

/** The one-way random-effects model's REML estimate of the between-fork variance is above 0 exactly where the mean square
 * between forks exceeds the one within; the mean then has the fork means' variance and forks − 1 degrees of freedom. */
function forksDisagree(byFork: readonly Float64Array[]): boolean {
  const blocks = byFork.reduce((sum, differences) => sum + differences.length, 0);
  if (byFork.length < 2 || blocks <= byFork.length) return false;
  return oneWayAnova(byFork).f > 1;
}

function inferOver(units: Float64Array, unit: Estimate['unit'], level: number): Inference | null {
  if (units.length < 2) return null;
  const interval = meanInterval(units, level === ALPHA ? CONFIDENCE : 1 - level);
  const { mean: estimateNs, low: lowNs, high: highNs } = interval;
  const p = Math.min(1, (interval.p * ALPHA) / level);
  return {
    interval,
    level,
    estimate: { estimateNs, lowNs, highNs, p, confidence: CONFIDENCE, units: units.length, unit },
  };
}
