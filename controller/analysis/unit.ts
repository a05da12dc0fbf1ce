/** What counts as one independent observation: the rule behind every interval. README.md says why. */

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

/** Mean shift over process starts: a fork's mean block difference is one unit, in every design.
 * @param byFork differences treated − baseline of each block, ns, one array per fork
 * @param design a single fork carries an interval only where it is `sliced`: a process compared with itself, each block one unit
 * @returns null with fewer than 2 units
 * Time O(blocks). */
export function inferByDesign(byFork: readonly Float64Array[], design: Design): Inference | null {
  const [only] = byFork;
  if (design === 'sliced' && byFork.length === 1 && only !== undefined) return inferOver(only, 'block');
  return inferOverForks(Float64Array.from(byFork, (differences) => mean(differences)));
}

/** Mean over forks, one value each.
 * @returns null with fewer than 2 forks */
export function inferOverForks(forkDifferences: Float64Array): Inference | null {
  return inferOver(forkDifferences, 'fork');
}

function inferOver(units: Float64Array, unit: Estimate['unit']): Inference | null {
  if (units.length < 2) return null;
  const interval = meanInterval(units, CONFIDENCE);
  const { mean: estimateNs, low: lowNs, high: highNs, p } = interval;
  return { interval, estimate: { estimateNs, lowNs, highNs, p, confidence: CONFIDENCE, units: units.length, unit } };
}
