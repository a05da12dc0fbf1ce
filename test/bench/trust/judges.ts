/** What the product says of two arms, beside what others would have said of the same samples. */

import { analyse } from '../../../controller/analysis/analyse.ts';
import type { StudyRecord } from '../../../controller/analysis/record.ts';
import type { Comparison, Design, Estimate, Results } from '../../../controller/analysis/results.ts';
import { type ArmSamples, armSamples, cellsOf } from '../../../controller/analysis/select.ts';
import { mannWhitney } from '../../../controller/stats/mann-whitney.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import { moments } from '../../../controller/stats/summary.ts';
import { pooledTTest } from '../../../controller/stats/t-test.ts';

/** a whole analysis: the product's, or another one to be tried out */
export type Analysis = (study: StudyRecord) => Results;

export const JUDGES = [
  'hookbench',
  'interleaved, pooled t',
  'interleaved, Mann–Whitney',
  'sequential, pooled t',
  'sequential, Mann–Whitney',
] as const;
export type JudgeName = (typeof JUDGES)[number];

export interface Opinion {
  readonly comparison: Comparison;
  /** whether each of them would claim a difference at 5 %; of hookbench what its interval says, also where a flag forbids a claim */
  readonly claims: Readonly<Record<JudgeName, boolean>>;
}

const ALPHA = 0.05;

/** A study of two of its arms in one design, the second one in the place of a hook. */
export function pairOf(study: StudyRecord, design: Design, arms: readonly [number, number]): StudyRecord {
  const [baseline, treated] = arms;
  return {
    ...study,
    arms: [
      { index: baseline, mechanism: 'none', aa: false, design: 'both' },
      { index: treated, mechanism: 'again', aa: false, design: 'both' },
    ],
    mechanisms: ['none', 'again'],
    batches: study.batches.filter((batch) => batch.design === design),
  };
}

/** @param pair of `pairOf`. @throws Error when the analysis has nothing to compare */
export function opinionOn(pair: StudyRecord, analysis: Analysis = analyse): Opinion {
  const comparison = analysis(pair).comparisons[0];
  const cell = cellsOf(pair, ['client'])[0];
  if (comparison === undefined || cell === undefined) throw new Error('the pair was not compared');
  const [first, second] = inSequence(pair.arms.map(({ index }) => armSamples(cell, index)));
  return {
    comparison,
    claims: {
      hookbench: comparison.block !== null && leavesOut(comparison.block, 0),
      'interleaved, pooled t': comparison.studentT.p < ALPHA,
      'interleaved, Mann–Whitney': comparison.mannWhitney.p < ALPHA,
      'sequential, pooled t': pooledTTest(moments(first), moments(second)).p < ALPHA,
      'sequential, Mann–Whitney': mannWhitney(sortedCopy(first), sortedCopy(second)).p < ALPHA,
    },
  };
}

/** @returns whether the interval says that it is another value */
export function leavesOut({ lowNs, highNs }: Pick<Estimate, 'lowNs' | 'highNs'>, valueNs: number): boolean {
  return lowNs > valueNs || highNs < valueNs;
}

/** The same samples as if the arms had run one after the other: all of the first half of the forks against all of the second half. */
function inSequence(arms: readonly ArmSamples[]): [Uint32Array, Uint32Array] {
  const forks = [...new Set(arms.flatMap(({ blocks }) => blocks.map(({ fork }) => fork)))].sort((a, b) => a - b);
  const middle = forks[Math.floor(forks.length / 2)] ?? 0;
  const half = (early: boolean) =>
    Uint32Array.from(
      arms.flatMap(({ latencyNs, blocks }) =>
        blocks
          .filter(({ fork }) => fork < middle === early)
          .flatMap(({ start, end }) => [...latencyNs.subarray(start, end)]),
      ),
    );
  return [half(true), half(false)];
}
