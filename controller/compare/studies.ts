/** Two studies held against each other: what a hook costs in B less what it costs in A. Pure. */

import { BenchError } from '#proto';
import type { Comparison, Estimate, Results } from '../analysis/results.ts';
import { ALPHA } from '../analysis/verdict.ts';
import { holm } from '../stats/holm.ts';
import { differenceOf, levelOf } from './difference.ts';
import { type Joined, joinCells } from './join.ts';
import { cellSentence, comparisonSentence } from './sentences.ts';
import { settingDifferences } from './settings.ts';
import {
  type CellName,
  COMPARISON_SCHEMA,
  type ComparedCell,
  type ComparedStatistic,
  type ComparedStudy,
  type Difference,
  type DifferenceVerdict,
  type Side,
  type StudyComparison,
  type UncomparedCell,
} from './types.ts';
import { whyUnusable } from './usable.ts';

/** @param a, b results of two studies with the same action
 * @param statistic whose shift is compared; the verdicts of studies are about the median
 * @returns a difference B − A with interval per cell that both measured alike and usably, Holm over these cells; all others with reasons
 * @throws BenchError usage: the same study twice, another action, or no cell in common
 * Assumes that the studies are independent, and that a process start is one observation in each. Time O(cells²). */
export function compareStudies(a: Results, b: Results, statistic: ComparedStatistic = 'p50'): StudyComparison {
  refuseUnlike(a, b);
  const joined = joinCells(a, b);
  const pairs = joined.flatMap(({ a: one, b: other }) => (one && other ? [[one.node, other.node] as const] : []));
  if (pairs.length === 0) throw nothingInCommon(joined);
  const sorted = joined.map((cell) => draftOf(a, b, cell, statistic));
  const drafts = sorted.flatMap(({ draft }) => (draft ? [draft] : []));
  const adjusted = holm(drafts.map(({ difference }) => difference.p));
  const cells = drafts.map((draft, i) => finished(draft, statistic, adjusted[i] as number));
  const notCompared = sorted.flatMap(({ alone }) => (alone ? [alone] : []));
  const nodes = [...new Map(pairs.map((pair) => [pair.join('\0'), pair])).values()];
  return {
    schema: COMPARISON_SCHEMA,
    statistic,
    a: studyOf(a),
    b: studyOf(b),
    cells,
    notCompared,
    settings: settingDifferences(a, b, nodes),
    sentence: comparisonSentence(cells, notCompared, statistic),
  };
}

function refuseUnlike(a: Results, b: Results): void {
  const refuse = (message: string, nextStep: string) => {
    throw new BenchError('usage', message, { nextStep });
  };
  if (a.study.id === b.study.id)
    refuse(`both folders hold study ${a.study.id}: a study is not independent of itself`, 'give two different studies');
  if (a.study.action !== b.study.action)
    refuse(
      `the hook's action differs: ${a.study.action} in A, ${b.study.action} in B: that is not the same work`,
      'run one of them again with the other --action',
    );
  if (a.study.timed !== b.study.timed)
    refuse(`A times ${a.study.timed}, B ${b.study.timed}`, 'run one of them again with the same --action');
}

function nothingInCommon(joined: readonly Joined[]): BenchError {
  const reasons = joined.map(({ name, alone }) => `${name.treated} on ${name.sut} (${name.condition}): ${alone ?? ''}`);
  return new BenchError('usage', 'the two studies have no cell in common', {
    nextStep: 'measure the same SUT, condition and mechanism at the same vantage in both',
    detail: reasons.join('\n'),
  });
}

interface Draft {
  readonly name: CellName;
  readonly a: Side;
  readonly b: Side;
  readonly difference: Omit<Difference, 'pHolm'>;
}

interface Sorted {
  readonly draft: Draft | null;
  readonly alone: UncomparedCell | null;
}

function draftOf(a: Results, b: Results, cell: Joined, statistic: ComparedStatistic): Sorted {
  const side = (c: Comparison | null) => (c === null ? null : sideOf(c, statistic));
  const [sideA, sideB] = [side(cell.a), side(cell.b)];
  const whyA = cell.a === null ? null : whyNot(a, cell.a, sideA?.shift ?? null);
  const whyB = cell.b === null ? null : whyNot(b, cell.b, sideB?.shift ?? null);
  const reasons = [
    ...(cell.alone === null ? [] : [cell.alone]),
    ...(whyA === null ? [] : [`A: ${whyA}`]),
    ...(whyB === null ? [] : [`B: ${whyB}`]),
  ];
  if (reasons.length === 0 && sideA?.shift && sideB?.shift) {
    const difference = differenceOf(sideA.shift, sideB.shift, { a: levelOf(a), b: levelOf(b) });
    return { draft: { name: cell.name, a: sideA, b: sideB, difference }, alone: null };
  }
  const lostInB = cell.a !== null && whyA === null && (cell.b === null || whyB !== null);
  return { draft: null, alone: { ...cell.name, a: sideA, b: sideB, reasons, lostInB } };
}

/** the row may stand, and yet its interval may not hold what another study differs by */
function whyNot(results: Results, c: Comparison, shift: Estimate | null): string | null {
  const why = whyUnusable(results, c);
  if (why !== null) return why;
  if (shift === null) return 'it has no interval';
  return shift.unit === 'fork'
    ? null
    : 'it has one process start, so its interval does not hold what process starts differ by';
}

function sideOf(c: Comparison, statistic: ComparedStatistic): Side {
  return {
    shift: c.shifts[statistic],
    verdict: c.verdict,
    flags: c.flags.map(({ code }) => code),
    baselineP50Ns: c.baselineStats.p50Ns,
  };
}

function finished(draft: Draft, statistic: ComparedStatistic, pHolm: number): ComparedCell {
  const difference: Difference = { ...draft.difference, pHolm };
  const found = pHolm < ALPHA && difference.estimateNs !== 0;
  const verdict: DifferenceVerdict = !found
    ? 'no-detectable-difference'
    : difference.estimateNs > 0
      ? 'larger'
      : 'smaller';
  const { a, b, name } = draft;
  return { ...name, a, b, difference, verdict, sentence: cellSentence(name, difference, verdict, statistic) };
}

function studyOf({ study, aa }: Results): ComparedStudy {
  const { id, startedAt, status, hookbenchVersion } = study;
  return { id, startedAt, status, hookbenchVersion, aaPassed: aa.passed };
}
