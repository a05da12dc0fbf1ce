import { requireAtLeast, StatsError } from './errors.ts';
import type { Samples } from './samples.ts';

/** Samples of one group, or the groups within it; every path down is equally long. */
export type Nested = Samples | readonly Nested[];

export interface VarianceComponent {
  /** in the samples' unit squared, never below 0 */
  readonly variance: number;
  /** 'negative' was below 0 and is set to 0; 'one-group' has nothing to tell it by, and is 0 */
  readonly kind: 'estimated' | 'negative' | 'one-group';
  /** share of the sum of all components */
  readonly share: number;
  readonly df: number;
}

/** How much of the samples' variance is between nodes, between forks of a node, between blocks of a fork, and within a block.
 * @param tree nested as deep as there are levels, ≥ 1 value per leaf and more values than leaves
 * @returns one component per level, coarsest first; the last is that within the leaves
 * @throws StatsError sample-too-small | bad-argument (uneven depth)
 * Henderson's method 1: sums of squares of the nested analysis of variance equated with their expectations, unequal sizes included; for equal sizes that is
 * the classical estimate, and REML's where none is negative. A negative one is truncated and said, the others stay as they were.
 * Request-level variance holds whatever correlates within a block as well. Time O(n), no copy.
 * Source: Searle, Casella & McCulloch 1992, ch. 5. Oracle: closed forms. */
export function varianceComponents(tree: Nested): readonly VarianceComponent[] {
  const depth = depthOf(tree);
  const tally = newTally(depth);
  walk(tree, 0, depth, tally);
  const n = tally.coefficient[0]?.[0] as number;
  requireAtLeast((tally.groups[depth] as number) + 1, n, 'variance components');
  const estimates = new Array<number>(depth + 1).fill(0);
  const kinds = new Array<VarianceComponent['kind']>(depth + 1).fill('estimated');
  const df = new Array<number>(depth + 1).fill(0);
  for (let level = depth + 1; level >= 1; level--) {
    const groups = level === depth + 1 ? n : (tally.groups[level] as number);
    df[level - 1] = groups - (tally.groups[level - 1] as number);
    let squares = (tally.reduced[level] as number) - (tally.reduced[level - 1] as number);
    for (let finer = level + 1; finer <= depth + 1; finer++) {
      squares -= weightOf(tally, level, finer, n) * (estimates[finer - 1] as number);
    }
    const weight = weightOf(tally, level, level, n);
    if (df[level - 1] === 0 || !(weight > 0)) kinds[level - 1] = 'one-group';
    else estimates[level - 1] = squares / weight;
  }
  const kept = estimates.map((variance) => Math.max(0, variance));
  const total = kept.reduce((sum, variance) => sum + variance, 0);
  return kept.map((variance, i) => ({
    variance,
    kind: (estimates[i] as number) < 0 ? 'negative' : (kinds[i] as VarianceComponent['kind']),
    share: total > 0 ? variance / total : 0,
    df: df[i] as number,
  }));
}

/** Per level 0 (all) … depth (leaves), depth + 1 (samples). */
interface Tally {
  readonly depth: number;
  readonly groups: number[];
  /** Σ over the level's groups of (their sum)² / their n, about a common centre */
  readonly reduced: number[];
  /** coefficient[level][finer]: Σ over the level's groups of Σ n_finer² / n_group */
  readonly coefficient: number[][];
  centre: number;
}

function newTally(depth: number): Tally {
  const zeros = () => new Array<number>(depth + 2).fill(0);
  return {
    depth,
    groups: zeros(),
    reduced: zeros(),
    coefficient: Array.from({ length: depth + 2 }, zeros),
    centre: Number.NaN,
  };
}

function depthOf(tree: Nested): number {
  let depth = 0;
  let at: Nested | undefined = tree;
  while (isGroup(at)) {
    depth++;
    at = at[0];
  }
  if (at === undefined) throw new StatsError('sample-too-small', 'variance components: a level without groups');
  return depth;
}

interface Subtotal {
  readonly n: number;
  readonly sum: number;
  /** Σ n² over the groups below, per level; the last is the samples' own, n */
  readonly squaredSizes: readonly number[];
}

function walk(tree: Nested, level: number, depth: number, tally: Tally): Subtotal {
  if (isGroup(tree) !== level < depth)
    throw new StatsError('bad-argument', 'variance components: levels of uneven depth');
  const own = isGroup(tree) ? joined(tree, level, depth, tally) : leaf(tree, depth, tally);
  const squaredSizes = own.squaredSizes.map((sizes, at) => (at === level ? own.n * own.n : sizes));
  tally.groups[level] = (tally.groups[level] as number) + 1;
  tally.reduced[level] = (tally.reduced[level] as number) + (own.sum * own.sum) / own.n;
  const row = tally.coefficient[level] as number[];
  for (let finer = level; finer <= depth + 1; finer++)
    row[finer] = (row[finer] as number) + (squaredSizes[finer] as number) / own.n;
  return { ...own, squaredSizes };
}

function joined(groups: readonly Nested[], level: number, depth: number, tally: Tally): Subtotal {
  requireAtLeast(1, groups.length, 'variance components, groups');
  let n = 0;
  let sum = 0;
  const squaredSizes = new Array<number>(depth + 2).fill(0);
  for (const group of groups) {
    const below = walk(group, level + 1, depth, tally);
    n += below.n;
    sum += below.sum;
    below.squaredSizes.forEach((sizes, at) => {
      squaredSizes[at] = (squaredSizes[at] as number) + sizes;
    });
  }
  return { n, sum, squaredSizes };
}

function leaf(samples: Samples, depth: number, tally: Tally): Subtotal {
  requireAtLeast(1, samples.length, 'variance components, a leaf');
  if (Number.isNaN(tally.centre)) tally.centre = samples[0] as number;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < samples.length; i++) {
    const d = (samples[i] as number) - tally.centre;
    sum += d;
    squares += d * d;
  }
  tally.reduced[depth + 1] = (tally.reduced[depth + 1] as number) + squares;
  const squaredSizes = new Array<number>(depth + 2).fill(0);
  squaredSizes[depth + 1] = samples.length;
  return { n: samples.length, sum, squaredSizes };
}

/** What one unit of the finer level's variance adds to the level's expected sum of squares. */
function weightOf(tally: Tally, level: number, finer: number, n: number): number {
  const of = (at: number) => (at >= finer ? n : (tally.coefficient[at]?.[finer] as number));
  return of(level) - of(level - 1);
}

function isGroup(tree: Nested | undefined): tree is readonly Nested[] {
  return Array.isArray(tree);
}
