/** How large a study must be to find a shift: requests, blocks and forks, the cheapest by the clock. Pure. */

import { minimumDetectableEffect, requiredUnits } from '../stats/power.ts';
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

/** The variance taken is the upper 80 % bound of the pilot's, so that the study has at least the power asked for in 4 of 5 cases (Browne
 * 1995). The unit is the fork in both designs: alternated ones have no other, sliced ones may have to fall back to it. */
export function proposeSize(pilot: PilotVariance, goal: SizeGoal): Proposal {
  const shapes = BLOCKS.flatMap((blocks) => PER_BLOCK.map((wanted) => shapeOf(pilot, goal, { blocks, wanted })));
  const best = cheapest(shapes, goal);
  if (best !== null) {
    const { forks, blocks, perBlock, expectedMs, variance } = best;
    const forksAt = (share: number) => forksFor(varianceBound(variance.value, variance.df, share), goal);
    return { kind: 'reachable', forks, blocks, perBlock, expectedMs, forksLow: forksAt(0.1), forksHigh: forksAt(0.9) };
  }
  const largest = shapes.flatMap(({ blocks, perBlock, variance, forkMs }) => {
    const forks = Math.min(goal.mostForks, Math.floor(goal.mostMs / forkMs));
    if (forks < LEAST_FORKS) return [];
    const error = Math.sqrt(varianceBound(variance.value, variance.df, CERTAINTY) / forks);
    const detectableNs = minimumDetectableEffect(error, forks - 1, goal);
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
  const reach = minimumDetectableEffect(1, NEARLY_NORMAL, goal) / goal.detectNs;
  let best: (Shape & Size) | null = null;
  for (const shape of shapes) {
    const variance = varianceBound(shape.variance.value, shape.variance.df, CERTAINTY);
    const atLeast = Math.max(LEAST_FORKS, Math.floor(reach ** 2 * variance));
    if (atLeast > goal.mostForks || atLeast * shape.forkMs > Math.min(goal.mostMs, best?.expectedMs ?? goal.mostMs))
      continue;
    const forks = forksFor(variance, goal);
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

function forksFor(variance: number, { detectNs, power, alpha }: SizeGoal): number {
  if (variance === 0) return LEAST_FORKS;
  return Math.max(LEAST_FORKS, requiredUnits(detectNs, Math.sqrt(variance), { power, alpha }));
}

function least<T>(items: readonly T[], of: (item: T) => number): T | null {
  return items.reduce<T | null>((best, item) => (best === null || of(item) < of(best) ? item : best), null);
}
