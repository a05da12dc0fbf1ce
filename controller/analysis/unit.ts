/** What counts as one independent observation: the rule behind every interval. README.md says why. */

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
const ALPHA = 0.05;

/** Mean shift over process starts: a fork's mean block difference is one unit, in every design.
 * @param byFork differences treated − baseline of each block, ns, one array per fork
 * @param design a single fork carries an interval only where it is `sliced`: a process compared with itself, each block one unit
 * @param level of this look (look-level.ts): the interval is drawn at it, and p is raised to be judged at 0.05
 * @returns null with fewer than 2 units
 * Time O(blocks). */
export function inferByDesign(
  byFork: readonly Float64Array[],
  design: Design,
  level: number = ALPHA,
): Inference | null {
  const [only] = byFork;
  if (design === 'sliced' && byFork.length === 1 && only !== undefined) return inferOver(only, 'block', level);
  const means = Float64Array.from(byFork, (differences) => mean(differences));
  return inferOverForks(means, level);
}

/** Mean over forks, one value each.
 * @returns null with fewer than 2 forks */
export function inferOverForks(forkDifferences: Float64Array, level: number = ALPHA): Inference | null {
  return inferOver(forkDifferences, 'fork', level);
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
