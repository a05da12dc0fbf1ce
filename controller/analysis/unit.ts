/** What counts as one independent observation: the rule behind every interval. README.md says why. */

import { oneWayAnova } from '../stats/anova.ts';
import { type MeanInterval, meanInterval } from '../stats/mean-interval.ts';
import { mean } from '../stats/summary.ts';
import type { Design, Estimate } from './results.ts';

/** an estimate with what a verdict needs beside it */
export interface Inference {
  readonly estimate: Estimate;
  readonly interval: MeanInterval;
}

/** Shifts treated − baseline, each with its interval; null where fewer than 2 units carry it. */
export interface Shifts {
  readonly p50: Inference | null;
  readonly mean: Inference | null;
  readonly p99: Inference | null;
  readonly p50Hit: Inference | null;
  readonly p50NoHit: Inference | null;
  /** blocks in which both arms ran, and the forks they lie in */
  readonly blocks: number;
  readonly forks: number;
}

export const CONFIDENCE = 0.95;

/** Mean shift over the units that the design allows.
 * @param byFork differences treated − baseline of each block, ns, one array per fork
 * @param design `alternated` compares two processes, so one process start (fork) is one unit;
 *   `sliced` compares a process with itself, so a block is one unit unless forks disagree more than blocks do
 * @returns null with fewer than 2 units
 * Time O(blocks). */
export function inferByDesign(byFork: readonly Float64Array[], design: Design): Inference | null {
  const overForks = () => inferOverForks(Float64Array.from(byFork, (differences) => mean(differences)));
  return design === 'sliced' && !forksDisagree(byFork) ? inferOverBlocks(byFork) : overForks();
}

/** Mean over forks, one value each.
 * @returns null with fewer than 2 forks */
export function inferOverForks(forkDifferences: Float64Array): Inference | null {
  return inferOver(forkDifferences, 'fork');
}

function inferOverBlocks(byFork: readonly Float64Array[]): Inference | null {
  return inferOver(Float64Array.from(byFork.flatMap((differences) => [...differences])), 'block');
}

/** The one-way random-effects model's REML estimate of the between-fork variance is above 0 exactly where the mean square
 * between forks exceeds the one within; the mean then has the fork means' variance and forks − 1 degrees of freedom. */
function forksDisagree(byFork: readonly Float64Array[]): boolean {
  const blocks = byFork.reduce((sum, differences) => sum + differences.length, 0);
  if (byFork.length < 2 || blocks <= byFork.length) return false;
  return oneWayAnova(byFork).f > 1;
}

function inferOver(units: Float64Array, unit: Estimate['unit']): Inference | null {
  if (units.length < 2) return null;
  const interval = meanInterval(units, CONFIDENCE);
  const { mean: estimateNs, low: lowNs, high: highNs, p } = interval;
  return { interval, estimate: { estimateNs, lowNs, highNs, p, confidence: CONFIDENCE, units: units.length, unit } };
}
