/** How large a study must be to find a shift: requests, blocks and forks, the cheapest by the clock. Pure. */

import { powerAfterPilot } from '../stats/pilot-power.ts';
import { minimumDetectableEffect, requiredUnits } from '../stats/study-size.ts';
import type { MeanSquare, PilotVariance } from './variance.ts';
import { varianceBound } from './variance-bound.ts';

export interface SizeGoal {
  readonly detectNs: number;
  readonly power: number;
  readonly alpha: number;
  /** the longest study to propose */
  readonly mostMs: number;
  readonly mostForks: number;
  /** samples a unit of work has: blocks are whole units */
  readonly unitSamples: number;
  /** duration of one fork of so many blocks of so many measured samples per arm */
  readonly forkMs: (blocks: number, perBlock: number) => number;
}

export interface Size {
  readonly forks: number;
  readonly blocks: number;
  /** measured samples of each arm in a block */
  readonly perBlock: number;
  readonly expectedMs: number;
}

export type Proposal =
  | (Size & {
      readonly kind: 'reachable';
      /** forks needed were the true variance at the ends of its own 80 % interval */
      readonly forksLow: number;
      readonly forksHigh: number;
    })
  /** not within the limits; the least that the largest study within them would find */
  | (Size & { readonly kind: 'unreachable'; readonly detectableNs: number });

/** Two promises, and the larger size of the two: over pairs of pilot and study the shift is found with the power asked for (the pilot's variance and
 * the study's are both estimates), and in 4 of 5 pairs the study has that power itself, its variance taken at the upper 80 % bound (Browne 1995).
 * The unit is the fork in both designs. */
export function proposeSize(pilot: PilotVariance, goal: SizeGoal): Proposal {
  const shapes = BLOCKS.flatMap((blocks) => PER_BLOCK.map((wanted) => shapeOf(pilot, goal, { blocks, wanted })));
  const best = cheapest(shapes, goal);
  if (best !== null) {
    const { forks, blocks, perBlock, expectedMs, variance } = best;
    const forksAt = (share: number) => knownForks(varianceBound(variance.value, variance.df, share), goal);
    return { kind: 'reachable', forks, blocks, perBlock, expectedMs, forksLow: forksAt(0.1), forksHigh: forksAt(0.9) };
  }
  const largest = shapes.flatMap(({ blocks, perBlock, variance, forkMs }) => {
    const forks = Math.min(goal.mostForks, Math.floor(goal.mostMs / forkMs));
    if (forks < LEAST_FORKS) return [];
    const detectableNs = detectable(variance, forks, goal);
    return [{ forks, blocks, perBlock, expectedMs: forks * forkMs, detectableNs }];
  });
  const reach = least(largest, ({ detectableNs }) => detectableNs);
  const nothing = { forks: 0, blocks: 0, perBlock: 0, expectedMs: 0, detectableNs: Number.POSITIVE_INFINITY };
  return { kind: 'unreachable', ...(reach ?? nothing) };
}

/** one-sided confidence of the variance bound */
export const CERTAINTY = 0.8;
const LEAST_FORKS = 4;
const BLOCKS = [1, 2, 4, 8, 16, 32];
const PER_BLOCK = [50, 100, 200, 400, 800, 1600, 3200];

interface Shape {
  readonly blocks: number;
  readonly perBlock: number;
  /** of a fork's mean difference, as the pilot estimates it */
  readonly variance: MeanSquare;
  readonly forkMs: number;
}

function shapeOf(pilot: PilotVariance, goal: SizeGoal, { blocks, wanted }: { blocks: number; wanted: number }): Shape {
  const perBlock = Math.ceil(wanted / pilot.kept / goal.unitSamples) * goal.unitSamples;
  const variance = forkVariance(pilot, blocks, perBlock * pilot.kept);
  return { blocks, perBlock, variance, forkMs: goal.forkMs(blocks, perBlock) };
}

/** The exact number of forks is asked for only where the normal approximation, which is never above it, is cheaper than the best so far. */
function cheapest(shapes: readonly Shape[], goal: SizeGoal): (Shape & Size) | null {
  const reach = minimumDetectableEffect(1, NEARLY_NORMAL, { ...goalOf(goal), pilotDf: Infinity }) / goal.detectNs;
  const leastOf = ({ variance: { value, df }, forkMs }: Shape) => {
    const forks = Math.max(LEAST_FORKS, Math.floor(reach ** 2 * varianceBound(value, df, CERTAINTY)));
    return { forks, ms: forks * forkMs };
  };
  let best: (Shape & Size) | null = null;
  const cheapFirst = shapes
    .map((shape) => ({ shape, atLeast: leastOf(shape) }))
    .sort((a, b) => a.atLeast.ms - b.atLeast.ms);
  for (const { shape, atLeast } of cheapFirst) {
    if (atLeast.ms > Math.min(goal.mostMs, best?.expectedMs ?? goal.mostMs)) break;
    if (atLeast.forks > goal.mostForks) continue;
    const forks = forksFor(shape.variance, goal);
    const expectedMs = forks * shape.forkMs;
    if (forks > goal.mostForks || expectedMs > goal.mostMs || expectedMs >= (best?.expectedMs ?? Infinity)) continue;
    best = { ...shape, forks, expectedMs };
  }
  return best;
}

/** degrees of freedom from which Student's t is taken as normal */
const NEARLY_NORMAL = 2e6;

/** Variance of one fork's mean difference with so many blocks of so many analysed samples.
 * @returns the sum of the components, none below 0, with Satterthwaite's (1946) degrees of freedom */
export function forkVariance(pilot: PilotVariance, blocks: number, perBlock: number): MeanSquare {
  const requests = pilot.requests?.value ?? 0;
  const ofBlocks = pilot.blocks?.value ?? requests;
  const shrink = pilot.requestsPerBlock / perBlock;
  const between = Math.max(0, pilot.forks.value - ofBlocks / pilot.blocksPerFork);
  const value = between + (Math.max(0, ofBlocks - requests) + requests * shrink) / blocks;
  const terms = [
    { square: pilot.forks, weight: 1 },
    { square: pilot.blocks, weight: 1 / blocks - 1 / pilot.blocksPerFork },
    { square: pilot.requests, weight: (shrink - 1) / blocks },
  ];
  const spread = terms.reduce(
    (sum, { square, weight }) => (square === null ? sum : sum + (weight * square.value) ** 2 / square.df),
    0,
  );
  const df = spread === 0 ? pilot.forks.df : value ** 2 / spread;
  const most = pilot.forks.df + (pilot.blocks?.df ?? 0);
  return { value, df: Math.min(most, Math.max(1, df)) };
}

/** for both promises */
function forksFor({ value, df }: MeanSquare, goal: SizeGoal): number {
  if (value === 0) return LEAST_FORKS;
  const forks = knownForks(varianceBound(value, df, CERTAINTY), goal);
  const ratio = (goal.detectNs * Math.sqrt(forks)) / Math.sqrt(value);
  if (powerAfterPilot(ratio, df, forks - 1, goal.alpha) >= goal.power) return forks;
  return requiredUnits(goal.detectNs, Math.sqrt(value), { ...goalOf(goal), pilotDf: df });
}

/** were this the true variance */
function knownForks(variance: number, goal: SizeGoal): number {
  if (variance === 0) return LEAST_FORKS;
  return Math.max(
    LEAST_FORKS,
    requiredUnits(goal.detectNs, Math.sqrt(variance), { ...goalOf(goal), pilotDf: Infinity }),
  );
}

/** what so many forks find with both promises kept */
function detectable({ value, df }: MeanSquare, forks: number, goal: SizeGoal): number {
  const errorAt = (variance: number) => Math.sqrt(variance / forks);
  const onAverage = minimumDetectableEffect(errorAt(value), forks - 1, { ...goalOf(goal), pilotDf: df });
  const bound = errorAt(varianceBound(value, df, CERTAINTY));
  return Math.max(onAverage, minimumDetectableEffect(bound, forks - 1, { ...goalOf(goal), pilotDf: Infinity }));
}

function goalOf({ power, alpha }: SizeGoal) {
  return { power, alpha };
}

function least<T>(items: readonly T[], of: (item: T) => number): T | null {
  return items.reduce<T | null>((best, item) => (best === null || of(item) < of(best) ? item : best), null);
}
