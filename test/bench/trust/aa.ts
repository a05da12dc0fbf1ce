/** Part aa: a server against itself, measured as a study measures. Nothing is to be found, so every claim is a false one. */

import type { Design } from '../../../controller/analysis/results.ts';
import type { Budget } from './budget.ts';
import { JUDGES, type JudgeName, opinionOn, pairOf } from './judges.ts';
import { measureStudy } from './live-study.ts';
import { Counter, type Judgement, judge, type Share } from './share.ts';

export const TARGET = [0.03, 0.07] as const;
/** alternated none arms 0 … 7; sliced ones 0, 1, 8 … 13: compared two by two, no arm twice */
const MORE_NONE = Array.from({ length: 6 }, () => 'none');
const PAIRS: Readonly<Record<'alternated' | 'sliced', readonly (readonly [number, number])[]>> = {
  alternated: [0, 2, 4, 6].map((arm) => [arm, arm + 1] as const),
  sliced: [0, 8, 10, 12].map((arm) => [arm, arm + 1] as const),
};

export interface AaRow {
  readonly judge: JudgeName;
  readonly alternated: Share;
  readonly sliced: Share;
  readonly all: Share;
}

export interface AaResult {
  readonly studies: number;
  readonly comparisons: number;
  readonly perArm: number;
  readonly forks: number;
  readonly blocks: number;
  /** medians over the studies: round trip, its sd and lag-1 autocorrelation, ns */
  readonly base: { readonly p50Ns: number; readonly sdNs: number; readonly lag1: number };
  readonly rows: readonly AaRow[];
  /** comparisons of which hookbench says that the data can't carry a claim */
  readonly invalid: Share;
  readonly target: readonly [number, number];
  readonly judgement: Judgement;
}

export interface AaOptions {
  readonly seed: number;
  readonly perArm: number;
  readonly forks: number;
  readonly blocks: number;
  readonly budget: Budget;
}

/** @throws BenchError when study after study fails; one that is cut short by the budget is left out */
export async function measureAa(o: AaOptions): Promise<AaResult> {
  const counters = new Map(JUDGES.map((name) => [name, { alternated: new Counter(), sliced: new Counter() }]));
  const invalid = new Counter();
  const bases: { p50Ns: number; sdNs: number; lag1: number }[] = [];
  const shape = { perArm: o.perArm, forks: o.forks, blocks: o.blocks, placed: MORE_NONE, attached: MORE_NONE };
  const studies = await o.budget.repeat(async (i) => {
    const study = await measureStudy({ ...shape, seed: o.seed + i }, o.budget.signal);
    for (const design of ['alternated', 'sliced'] satisfies Design[]) {
      for (const pair of PAIRS[design]) {
        const { comparison, claims } = opinionOn(pairOf(study, design, pair));
        for (const name of JUDGES) counters.get(name)![design].add(claims[name]);
        invalid.add(comparison.verdict === 'invalid');
        bases.push(comparison.baselineStats);
      }
    }
  });
  const rows = JUDGES.map((name): AaRow => {
    const { alternated, sliced } = counters.get(name)!;
    return {
      judge: name,
      alternated: alternated.share(),
      sliced: sliced.share(),
      all: Counter.total([alternated, sliced]),
    };
  });
  const { perArm, forks, blocks } = o;
  const base = { p50Ns: middle(bases, 'p50Ns'), sdNs: middle(bases, 'sdNs'), lag1: middle(bases, 'lag1') };
  const comparisons = bases.length;
  const judgement = judge(rows[0]!.all, TARGET);
  return {
    studies,
    comparisons,
    perArm,
    forks,
    blocks,
    base,
    rows,
    invalid: invalid.share(),
    target: TARGET,
    judgement,
  };
}

function middle<K extends string>(rows: readonly Readonly<Record<K, number>>[], key: K): number {
  const values = rows.map((row) => row[key]).sort((a, b) => a - b);
  return values[values.length >> 1] ?? 0;
}
