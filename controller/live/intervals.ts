/** Each comparison's interval as the study goes on: block medians as they are complete, through the analysis' own rule (analysis/unit.ts).
 * Before warm-up detection and without correction for looking: the report decides, this shows how it comes together. */

import type { Design } from '../analysis/results.ts';
import { inferByDesign } from '../analysis/unit.ts';
import { BlockValues } from './block-values.ts';
import type { ComparisonView, IntervalPoint } from './view.ts';

const MIN_PER_BLOCK = 5;
const MOST_COMPARISONS = 240;
/** past it every second point of a history is dropped */
const MOST_HISTORY = 200;
/** blocks kept of each comparison; a study with more is shown up to here */
const MOST_BLOCKS = 20_000;

export interface BlockPlace {
  readonly node: string;
  readonly condition: string;
  readonly sut: string;
  readonly design: string;
  readonly vantage: string;
  readonly fork: number;
  readonly block: number;
}

export interface ArmName {
  readonly index: number;
  readonly mechanism: string;
  readonly aa: boolean;
}

interface Open {
  readonly place: BlockPlace;
  readonly arms: Map<number, BlockValues>;
}

interface Comparison {
  readonly view: Omit<ComparisonView, 'blocks' | 'forks' | 'history'>;
  readonly byFork: Map<number, number[]>;
  blocks: number;
  history: IntervalPoint[];
}

export class Intervals {
  readonly #arms: readonly ArmName[];
  /** the block under way of each cell */
  readonly #open = new Map<string, Open>();
  #ended: Open[] = [];
  readonly #comparisons = new Map<string, Comparison>();
  /** grows with each look */
  version = 0;

  constructor(arms: readonly ArmName[]) {
    this.#arms = arms;
  }

  /** @returns where the measured samples of each arm of this block go; a new block ends the one before it in the cell */
  block(place: BlockPlace): (arm: number, latencyNs: number) => void {
    const { node, condition, sut, design } = place;
    const key = JSON.stringify([node, condition, sut, design]);
    let open = this.#open.get(key);
    if (open === undefined || open.place.fork !== place.fork || open.place.block !== place.block) {
      if (open !== undefined) this.#ended.push(open);
      open = { place, arms: new Map() };
      this.#open.set(key, open);
    }
    const { arms } = open;
    return (arm, latencyNs) => {
      let values = arms.get(arm);
      if (values === undefined) {
        values = new BlockValues();
        arms.set(arm, values);
      }
      values.add(latencyNs);
    };
  }

  /** a fork of this node has ended: so have its blocks */
  endFork(node: string): void {
    for (const [key, open] of this.#open) {
      if (open.place.node !== node) continue;
      this.#ended.push(open);
      this.#open.delete(key);
    }
  }

  /** Works off the blocks that ended since the last call; what takes time is here, not where samples arrive.
   * @param second since the study began */
  look(second: number): void {
    const changed = new Set<Comparison>();
    for (const ended of this.#ended.splice(0)) {
      for (const comparison of this.#take(ended)) changed.add(comparison);
    }
    for (const comparison of changed) infer(comparison, second);
    if (changed.size > 0) this.version += 1;
  }

  views(): ComparisonView[] {
    return [...this.#comparisons.values()].map(({ view, byFork, blocks, history }) => ({
      ...view,
      blocks,
      forks: byFork.size,
      history,
    }));
  }

  #take({ place, arms }: Open): Comparison[] {
    const baseline = this.#arms.find(({ mechanism, aa }) => mechanism === 'none' && !aa);
    const before = arms.get(baseline?.index ?? -1)?.medianNs(MIN_PER_BLOCK) ?? null;
    if (before === null) return [];
    return [...arms].flatMap(([index, values]) => {
      const arm = this.#arms.find((one) => one.index === index);
      const after = arm === undefined || arm === baseline ? null : values.medianNs(MIN_PER_BLOCK);
      const comparison = after === null ? null : this.#comparison(place, (arm as ArmName).mechanism);
      if (after === null || comparison === null || comparison.blocks >= MOST_BLOCKS) return [];
      const fork = comparison.byFork.get(place.fork) ?? [];
      fork.push(after - before);
      comparison.byFork.set(place.fork, fork);
      comparison.blocks += 1;
      return [comparison];
    });
  }

  #comparison(place: BlockPlace, treated: string): Comparison | null {
    const { node, condition, sut, design, vantage } = place;
    const key = JSON.stringify([sut, node, condition, design, treated]);
    const known = this.#comparisons.get(key);
    if (known !== undefined) return known;
    if (this.#comparisons.size >= MOST_COMPARISONS) return null;
    const made = {
      view: { key, node, condition, sut, design, vantage, treated },
      byFork: new Map(),
      blocks: 0,
      history: [],
    };
    this.#comparisons.set(key, made);
    return made;
  }
}

function infer(comparison: Comparison, second: number): void {
  const byFork = [...comparison.byFork.values()].map((differences) => Float64Array.from(differences));
  const estimate = inferByDesign(byFork, comparison.view.design as Design)?.estimate;
  if (estimate === undefined) return;
  comparison.history.push([second, comparison.blocks, estimate.estimateNs, estimate.lowNs, estimate.highNs]);
  const { history } = comparison;
  // the newest always stays
  if (history.length > MOST_HISTORY) comparison.history = history.filter((_, i) => (history.length - 1 - i) % 2 === 0);
}
