/** Part simulation: studies whose truth is known, from the product's plan through the product's analysis. */

import { analyse } from '../../../controller/analysis/analyse.ts';
import type { Comparison } from '../../../controller/analysis/results.ts';
import type { Budget } from './budget.ts';
import { type Analysis, leavesOut } from './judges.ts';
import { Counter, type Judgement, judge, type Share } from './share.ts';
import { simulateStudy } from './simulated-study.ts';
import { WORLDS } from './world.ts';

export const TARGET = { falsePositives: [0.03, 0.07], coverage: [0.93, 0.97] } as const;
const ALPHA = 0.05;
/** forks × blocks: the default, --quick, more blocks, more of both, and too few forks; the first two twice as often */
export const SHAPES = [
  { forks: 6, blocks: 4, perArm: 1200 },
  { forks: 4, blocks: 1, perArm: 1200 },
  { forks: 4, blocks: 10, perArm: 1200 },
  { forks: 6, blocks: 4, perArm: 1200 },
  { forks: 8, blocks: 10, perArm: 2000 },
  { forks: 4, blocks: 1, perArm: 1200 },
  { forks: 2, blocks: 10, perArm: 600 },
] as const;
const SHIFTS_NS = [0, 500, 1000, 5000] as const;
const SHIFTED = ['p50', 'mean', 'p99'] as const;

export interface SimulationRow {
  /** e.g. "6 × 4" or "bursty" */
  readonly name: string;
  readonly design: string;
  /** A/A rows whose interval leaves 0 out */
  readonly falsePositives: Share;
  /** the same A/A rows by the pooled t-test over all samples */
  readonly pooledT: Share;
  /** intervals of the hook's shift that hold the true one: of the median, the mean and the 99th percentile */
  readonly coverage: Readonly<Record<(typeof SHIFTED)[number], Share>>;
  /** mean error and mean half width of the median's shift, ns */
  readonly biasNs: number;
  readonly halfWidthNs: number;
  /** null where no target applies: fewer than 4 forks */
  readonly judgement: { readonly falsePositives: Judgement; readonly coverage: Judgement } | null;
}

export interface SimulationResult {
  readonly studies: number;
  readonly seed: number;
  readonly rows: readonly SimulationRow[];
  readonly target: typeof TARGET;
  /** the worst of the rows that decide, each design by itself: the default, --quick, and all shapes of 4 forks or more together */
  readonly judgement: { readonly falsePositives: Judgement; readonly coverage: Judgement };
}

export interface SimulationOptions {
  readonly seed: number;
  readonly budget: Budget;
  /** the product's unless told */
  readonly analysis?: Analysis;
}

/** The same seed and number of studies give the same result. */
export async function simulate(o: SimulationOptions): Promise<SimulationResult> {
  const tallies = new Map<string, Tally>();
  const studies = await o.budget.repeat((i) => {
    const shape = SHAPES[i % SHAPES.length]!;
    const round = Math.floor(i / SHAPES.length);
    const world = WORLDS[round % WORLDS.length]!;
    const shiftNs = SHIFTS_NS[Math.floor(round / WORLDS.length) % SHIFTS_NS.length]!;
    const results = (o.analysis ?? analyse)(simulateStudy({ ...shape, world, shiftNs, seed: o.seed * 1_000_003 + i }));
    const isJudged = shape.forks >= ENOUGH_FORKS;
    const tallyOf = (name: string, design: string) => {
      const key = `${name} ${design}`;
      const tally = tallies.get(key) ?? new Tally(name, design, isJudged);
      tallies.set(key, tally);
      return tally;
    };
    for (const name of namesOf(shape, world.name)) {
      for (const row of results.aa.comparisons) tallyOf(name, row.design).aa(row);
      for (const row of results.comparisons) tallyOf(name, row.design).treated(row, shiftNs);
    }
  });
  const rows = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tally]) => tally.row());
  const deciding = rows.filter(({ name }) => DECIDING.includes(name)).flatMap((row) => row.judgement ?? []);
  const judgement = {
    falsePositives: worst(deciding.map((one) => one.falsePositives)),
    coverage: worst(deciding.map((one) => one.coverage)),
  };
  return { studies, seed: o.seed, rows, target: TARGET, judgement };
}

function worst(judgements: readonly Judgement[]): Judgement {
  const order = ['missed', 'unclear', 'met'] as const;
  return order.find((judgement) => judgements.includes(judgement)) ?? 'unclear';
}

const OVERALL = 'all of 4 forks or more';
const DECIDING: readonly string[] = [OVERALL, '6 × 4', '4 × 1'];
const ENOUGH_FORKS = 4;

/** a study counts for its shape, and where it has forks enough for its world and for the whole */
function namesOf({ forks, blocks }: (typeof SHAPES)[number], world: string): string[] {
  const shape = `${forks} × ${blocks}`;
  return forks < ENOUGH_FORKS ? [shape] : [shape, world, OVERALL];
}

class Tally {
  readonly falsePositives = new Counter();
  readonly coverage = { p50: new Counter(), mean: new Counter(), p99: new Counter() };
  readonly #name: string;
  readonly #design: string;
  readonly #isJudged: boolean;
  readonly #pooledT = new Counter();
  readonly #sum = { n: 0, errorNs: 0, halfWidthNs: 0 };

  constructor(name: string, design: string, isJudged: boolean) {
    this.#name = name;
    this.#design = design;
    this.#isJudged = isJudged;
  }

  aa({ block, studentT }: Comparison): void {
    this.falsePositives.add(block !== null && leavesOut(block, 0));
    this.#pooledT.add(studentT.p < ALPHA);
  }

  treated({ shifts, block }: Comparison, shiftNs: number): void {
    for (const key of SHIFTED) {
      const estimate = key === 'p50' ? block : shifts[key];
      if (estimate !== null) this.coverage[key].add(!leavesOut(estimate, shiftNs));
    }
    if (block === null) return;
    this.#sum.n += 1;
    this.#sum.errorNs += block.estimateNs - shiftNs;
    this.#sum.halfWidthNs += (block.highNs - block.lowNs) / 2;
  }

  row(): SimulationRow {
    const { n, errorNs, halfWidthNs } = this.#sum;
    const { p50, mean, p99 } = this.coverage;
    const falsePositives = this.falsePositives.share();
    const judged = {
      falsePositives: judge(falsePositives, TARGET.falsePositives),
      coverage: judge(p50.share(), TARGET.coverage),
    };
    return {
      name: this.#name,
      design: this.#design,
      judgement: this.#isJudged ? judged : null,
      falsePositives,
      pooledT: this.#pooledT.share(),
      coverage: { p50: p50.share(), mean: mean.share(), p99: p99.share() },
      biasNs: errorNs / n,
      halfWidthNs: halfWidthNs / n,
    };
  }
}
