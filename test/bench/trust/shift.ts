/** Part shift: the same server with a delay of a known length in each request. How often is it found, and how far off is the estimate? */

import { analyse } from '../../../controller/analysis/analyse.ts';
import type { StudyRecord } from '../../../controller/analysis/record.ts';
import type { Comparison } from '../../../controller/analysis/results.ts';
import { meanInterval } from '../../../controller/stats/mean-interval.ts';
import type { Budget } from './budget.ts';
import { leavesOut } from './judges.ts';
import { measureStudy } from './live-study.ts';
import { Counter, type Judgement, judge, type Share } from './share.ts';
import { delayId, type SpinCheck } from './spin-sut.ts';

export const DELAYS_NS = [500, 1000, 2000, 5000] as const;
/** +1 µs is to be found in at least 95 % of the studies, and to be off by 0.1 µs at most */
export const TARGET = { delayNs: 1000, found: [0.95, 1], biasNs: 100 } as const;

export interface ShiftRow {
  readonly delayNs: number;
  /** what the server's spin really adds, ns */
  readonly spin: SpinCheck;
  /** the interval lies above 0 in a study of none, none again and this delay */
  readonly found: Share;
  /** comparisons of which hookbench says that the data can't carry a claim */
  readonly invalid: Share;
  /** 95 % intervals that hold the delay */
  readonly covered: Share;
  /** mean of the estimates less the delay, with its 95 % interval over the studies; null with fewer than 2 */
  readonly bias: { readonly meanNs: number; readonly lowNs: number; readonly highNs: number } | null;
  /** sd of the estimates from study to study */
  readonly sdNs: number | null;
  /** median half width of the intervals */
  readonly halfWidthNs: number | null;
}

export interface ShiftResult {
  readonly studies: number;
  readonly perArm: number;
  readonly forks: number;
  readonly blocks: number;
  readonly base: { readonly p50Ns: number; readonly sdNs: number; readonly lag1: number } | null;
  readonly rows: readonly ShiftRow[];
  readonly target: typeof TARGET;
  readonly judgement: { readonly found: Judgement; readonly bias: Judgement };
}

export interface ShiftOptions {
  readonly seed: number;
  readonly perArm: number;
  readonly forks: number;
  readonly blocks: number;
  readonly budget: Budget;
  readonly spins: readonly SpinCheck[];
}

/** @throws BenchError when study after study fails; one that is cut short by the budget is left out */
export async function measureShift(o: ShiftOptions): Promise<ShiftResult> {
  const seen = new Map<number, Comparison[]>(DELAYS_NS.map((delayNs) => [delayNs, []]));
  const { perArm, forks, blocks } = o;
  const shape = { perArm, forks, blocks, placed: DELAYS_NS.map(delayId), attached: [] };
  const studies = await o.budget.repeat(async (i) => {
    const study = await measureStudy({ ...shape, seed: o.seed + i }, o.budget.signal);
    for (const delayNs of DELAYS_NS) {
      const comparison = analyse(studyOf(study, delayId(delayNs))).comparisons[0];
      if (comparison !== undefined) seen.get(delayNs)!.push(comparison);
    }
  });
  const rows = DELAYS_NS.map((delayNs) => rowOf(seen.get(delayNs)!, o.spins.find((s) => s.delayNs === delayNs)!));
  const target = rows.find(({ delayNs }) => delayNs === TARGET.delayNs)!;
  const judgement = { found: judge(target.found, TARGET.found), bias: biasJudgement(target.bias) };
  const base = seen.get(DELAYS_NS[0])![0]?.baselineStats ?? null;
  return { studies, perArm, forks, blocks, base: base && baseOf(base), rows, target: TARGET, judgement };
}

/** with none, none again and this mechanism only, so that no correction for the other delays is in the verdict */
function studyOf(study: StudyRecord, mechanism: string): StudyRecord {
  const arms = study.arms.filter((arm) => arm.mechanism === 'none' || arm.mechanism === mechanism);
  return { ...study, arms, mechanisms: ['none', mechanism] };
}

function rowOf(comparisons: readonly Comparison[], spin: SpinCheck): ShiftRow {
  const found = new Counter();
  const invalid = new Counter();
  const covered = new Counter();
  const errors: number[] = [];
  const widths: number[] = [];
  for (const { verdict, block } of comparisons) {
    invalid.add(verdict === 'invalid');
    found.add(block !== null && block.lowNs > 0);
    if (block === null) continue;
    covered.add(!leavesOut(block, spin.delayNs));
    errors.push(block.estimateNs - spin.delayNs);
    widths.push((block.highNs - block.lowNs) / 2);
  }
  const interval = errors.length < 2 ? null : meanInterval(Float64Array.from(errors), 0.95);
  return {
    ...{ delayNs: spin.delayNs, spin, found: found.share(), invalid: invalid.share(), covered: covered.share() },
    bias: interval && { meanNs: interval.mean, lowNs: interval.low, highNs: interval.high },
    sdNs: interval?.sd ?? null,
    halfWidthNs: widths.sort((a, b) => a - b)[widths.length >> 1] ?? null,
  };
}

function biasJudgement(bias: ShiftRow['bias']): Judgement {
  if (bias === null) return 'unclear';
  if (Math.abs(bias.meanNs) <= TARGET.biasNs) return 'met';
  return bias.lowNs > TARGET.biasNs || bias.highNs < -TARGET.biasNs ? 'missed' : 'unclear';
}

function baseOf({ p50Ns, sdNs, lag1 }: Comparison['baselineStats']): ShiftResult['base'] {
  return { p50Ns, sdNs, lag1 };
}
