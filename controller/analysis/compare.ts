import { cliffsDelta, cohensD } from '../stats/effect-size.ts';
import { mannWhitney } from '../stats/mann-whitney.ts';
import { type SortedSamples, sortedCopy } from '../stats/samples.ts';
import { minimumDetectableEffect, requiredUnits } from '../stats/study-size.ts';
import { type Moments, moments } from '../stats/summary.ts';
import { pooledTTest, welchTTest } from '../stats/t-test.ts';
import { assumptionFlags } from './assumptions.ts';
import { type Described, distributionOf, effectiveN } from './distribution.ts';
import { estimateShifts, type Shifts } from './estimate.ts';
import { apartFlag, recordFlags } from './flags.ts';
import { levelOf } from './looks.ts';
import { type PairedBlock, pairedBlocks } from './paired-blocks.ts';
import type { Arm, StudyRecord } from './record.ts';
import type { Comparison, Design, Flag, SampleStats } from './results.ts';
import { sampleStats } from './sample-stats.ts';
import type { ArmSamples, Cell } from './select.ts';
import type { MaybeSorted } from './sequential.ts';
import type { Inference } from './unit.ts';
import { type CellWarmup, warmupColumns } from './warmup.ts';
import { settlingFlag } from './warmup-flag.ts';

/** an arm of a cell with all that is computed once, however many comparisons it takes part in */
export interface DescribedArm extends Described {
  readonly arm: Arm;
  readonly samples: ArmSamples;
  readonly sorted: SortedSamples;
  readonly moments: Moments;
  readonly stats: SampleStats;
}

/** a cell with the cuts that hold for all of its arms */
export interface ComparedCell {
  readonly cell: Cell;
  readonly warmup: CellWarmup;
}

/** A comparison before the study as a whole has had its say: no correction, no verdict. */
export interface Draft {
  readonly cell: Cell;
  readonly isAa: boolean;
  readonly inference: Inference | null;
  readonly blocks: number;
  readonly forks: number;
  /** what the arms differ by in each block they share; none of sequential arms */
  readonly paired: readonly PairedBlock[];
  readonly flags: readonly Flag[];
  readonly measured: Omit<Comparison, 'block' | 'verdict' | 'sentence' | 'flags'>;
}

/** @param samples ≥ 2 values; @param sorted the same ones, where somebody has sorted them */
export function describeArm(
  arm: Arm,
  samples: ArmSamples,
  sorted: SortedSamples = sortedCopy(samples.latencyNs),
): DescribedArm {
  const m = moments(samples.latencyNs);
  const stats = sampleStats(samples.latencyNs, sorted, m);
  return { arm, samples, sorted, moments: m, stats, effectiveN: effectiveN(samples) };
}

/** Everything about two arms of one cell that does not depend on the rest of the study. */
export function compareArms(
  study: StudyRecord,
  { cell, warmup }: ComparedCell,
  baseline: DescribedArm,
  treated: DescribedArm,
): Draft {
  const shifts = estimateShifts(withSorted(baseline), withSorted(treated), cell.design, levelOf(study));
  const judged = judgedBy(shifts, cell.design);
  const paired = cell.design === 'sequential' ? [] : pairedBlocks(baseline.samples, treated.samples);
  const measured = {
    ...namesOf(cell, baseline, treated),
    warmupDropped: treated.samples.dropped,
    warmup: warmupColumns(warmup, baseline.arm.index, treated.arm.index),
    ...pooledTests(baseline, treated),
    ...distributionOf(baseline, treated, paired, cell.design, judged?.estimate.unit ?? null),
    ...shiftColumns(shifts),
    ...powerOf(judged, treated.stats.n),
  };
  const { blocks, forks } = shifts;
  const flags = [
    ...recordFlags(study, { ...measured, n: measured.n + treated.samples.cut, forks, hasEstimate: judged !== null }),
    ...withoutRepeats([
      ...settlingFlag(warmup, [baseline, treated]),
      ...assumptionFlags(baseline, treated, cell.design),
    ]),
    ...(treated.arm.aa ? [] : apartFlag(study, cell)),
  ];
  return { cell, isAa: treated.arm.aa, inference: judged, blocks, forks, paired, flags, measured };
}

function withSorted({ samples, sorted }: DescribedArm): MaybeSorted {
  return { ...samples, sorted };
}

/** Imported arms are judged by the mean, as published analyses of such files are (and the paper's): it is what their t-test says. */
function judgedBy(shifts: Shifts, design: Design): Inference | null {
  return design === 'sequential' ? shifts.mean : shifts.p50;
}

/** the detector's word on the warm-up goes before that of the blocks' own check */
function withoutRepeats(flags: readonly Flag[]): readonly Flag[] {
  return flags.filter((flag, i) => flags.findIndex(({ code }) => code === flag.code) === i);
}

function namesOf({ sut, condition, node, vantage, design }: Cell, baseline: DescribedArm, treated: DescribedArm) {
  return {
    ...{ sut, condition, node, vantage, design },
    baseline: baseline.arm.mechanism,
    treated: treated.arm.mechanism,
    n: treated.stats.n,
    baselineN: baseline.stats.n,
    baselineStats: baseline.stats,
    treatedStats: treated.stats,
  };
}

/** the paper's analysis and its relatives, over all samples of both arms */
function pooledTests(baseline: DescribedArm, treated: DescribedArm) {
  const { pooledSd: pooledSdNs, ...student } = pooledTTest(baseline.moments, treated.moments);
  const { u, p, log10P } = mannWhitney(baseline.sorted, treated.sorted);
  return {
    studentT: { ...student, pooledSdNs },
    welch: welchTTest(baseline.moments, treated.moments),
    mannWhitney: { u, p, log10P },
    cohensD: cohensD(baseline.moments, treated.moments),
    cliffsDelta: cliffsDelta(u, baseline.stats.n, treated.stats.n),
    meanShiftNs: treated.stats.meanNs - baseline.stats.meanNs,
    medianShiftNs: treated.stats.p50Ns - baseline.stats.p50Ns,
  };
}

function shiftColumns({ p50, mean, p99, p50Hit, p50NoHit }: Shifts) {
  const estimateOf = (inference: Inference | null) => inference?.estimate ?? null;
  return {
    shifts: { p50: estimateOf(p50), mean: estimateOf(mean), p99: estimateOf(p99) },
    byPayload: { hit: estimateOf(p50Hit), noHit: estimateOf(p50NoHit) },
  };
}

/** below this share of a unit's sd a shift is rounding, and no sample would be large enough */
const LEAST_SHIFT_IN_SD = 1e-6;

/** Chances over studies like this one, whose variance is an estimate as well. More units of the size they had, so samples grow with them. */
function powerOf(inference: Inference | null, n: number) {
  if (inference === null) return { minimumDetectableNs: null, requiredSamples: null };
  const { mean, standardError, sd, df, units } = inference.interval;
  const goal = { alpha: inference.level, pilotDf: df };
  const isNothing = mean === 0 || Math.abs(mean) < LEAST_SHIFT_IN_SD * sd;
  return {
    minimumDetectableNs: minimumDetectableEffect(standardError, df, goal),
    requiredSamples: isNothing ? null : Math.ceil((requiredUnits(mean, sd, goal) * n) / units),
  };
}
