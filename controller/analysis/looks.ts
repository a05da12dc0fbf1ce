/** Looks at a study that goes on: what each comparison's interval is after so many forks. The same functions as at the end. */

import { medianDifferences } from './estimate.ts';
import { count, us } from './format.ts';
import { LOOK_CORRECTION, levelOfLastLook } from './look-level.ts';
import type { StudyRecord } from './record.ts';
import type { Comparison, Design, UntilSummary } from './results.ts';
import { armSamples, cellsOf } from './select.ts';
import { inferByDesign } from './unit.ts';
import { warmupOf } from './warmup.ts';

const ALPHA = 0.05;
/** before this many forks nothing is looked at: how much starts differ can hardly be told */
export const FIRST_LOOK = 4;

/** level at which the intervals of this study are drawn */
export function levelOf({ until }: Pick<StudyRecord, 'until'>): number {
  return until ? levelOfLastLook(until.looks, ALPHA) : ALPHA;
}

/** one comparison that is looked at */
export interface Watched {
  readonly sut: string;
  readonly treated: string;
  readonly design: Design;
  /** node and condition too */
  readonly key: string;
}

export interface LookRow extends Watched {
  /** null where there is no interval yet */
  readonly halfWidthNs: number | null;
}

/** Collects a study's forks one by one and says how wide the intervals are. */
export class Looks {
  readonly #found = new Map<string, { readonly watched: Watched; readonly byFork: Float64Array[] }>();

  /** @param fork the study with the samples of one whole fork; A/A is not waited for */
  add(fork: StudyRecord): void {
    const baseline = fork.arms.find((arm) => arm.mechanism === 'none' && !arm.aa);
    if (baseline === undefined) return;
    for (const cell of cellsOf(fork, ['client', 'caller'])) {
      const { forks } = warmupOf(fork, cell);
      const before = armSamples(cell, baseline.index, forks);
      for (const arm of fork.arms.filter(({ mechanism }) => mechanism !== 'none')) {
        const differences = medianDifferences(before, armSamples(cell, arm.index, forks));
        if (differences.length === 0) continue;
        const { sut, node, condition, design } = cell;
        const key = JSON.stringify([sut, node, condition, design, arm.mechanism]);
        const row = this.#found.get(key) ?? { watched: { sut, design, key, treated: arm.mechanism }, byFork: [] };
        row.byFork.push(...differences);
        this.#found.set(key, row);
      }
    }
  }

  /** @param looks forks at each look, this one last */
  rows(looks: readonly number[]): readonly LookRow[] {
    const level = levelOfLastLook(looks, ALPHA);
    return [...this.#found.values()].map(({ watched, byFork }) => {
      const estimate = inferByDesign(byFork, watched.design, level)?.estimate;
      return { ...watched, halfWidthNs: estimate ? (estimate.highNs - estimate.lowNs) / 2 : null };
    });
  }
}

/** What the results say of the looks. */
export function untilSummary(study: StudyRecord, comparisons: readonly Comparison[]): UntilSummary | null {
  const { until } = study;
  if (!until) return null;
  const wanted = comparisons.filter(({ sut, treated }) => isOneOf(until.only, sut, treated));
  const wide = wanted.filter(({ block }) => block === null || (block.highNs - block.lowNs) / 2 > until.halfWidthNs);
  const level = levelOf(study);
  const sentence = `${whyStopped(until.stopped, until.budgetMs)} after ${count(study.forks)} forks and ${count(until.looks.length)} looks: ${reached(wide, until.halfWidthNs)}. Intervals are drawn at ${(100 * (1 - level)).toFixed(1)} % each, so that all looks together cover 95 %.`;
  return { ...until, correction: LOOK_CORRECTION, level, sentence };
}

export function isOneOf(only: readonly string[], sut: string, treated: string): boolean {
  return only.length === 0 || only.includes(treated) || only.includes(`${sut}/${treated}`);
}

function whyStopped(stopped: UntilSummary['stopped'], budgetMs: number): string {
  if (stopped === 'narrow') return 'The intervals were narrow enough';
  return stopped === 'budget' ? `The time budget of ${budgetMs / 1000} s was used up` : 'The study was interrupted';
}

function reached(wide: readonly Comparison[], halfWidthNs: number): string {
  const goal = `±${us(halfWidthNs)}`;
  if (wide.length === 0) return `every interval that was asked for is within ${goal}`;
  const each = wide.map(({ sut, treated, block }) => {
    return `${treated} on ${sut} ${block === null ? 'has no interval' : `is at ±${us((block.highNs - block.lowNs) / 2)}`}`;
  });
  return `${each.join('; ')}, where ${goal} was asked for`;
}
