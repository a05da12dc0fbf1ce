/** None against none: what the instrument says where there is nothing to find. */

import { intervalUs, pValue } from './format.ts';
import type { AaSummary, Comparison } from './results.ts';
import type { Cell } from './select.ts';
import { ALPHA } from './verdict.ts';

/** What the study's A/A rows allow to be said.
 * @param rows the finished A/A comparisons
 * @param unjudged names of compared cells that have no A/A row
 * Passed only where every compared cell has an A/A row with an interval and none differs after Holm. */
export function summariseAa(rows: readonly Comparison[], unjudged: readonly string[]): AaSummary {
  const failed = rows.filter((row) => hasFailed(row.block?.pHolm ?? null));
  const mute = [...unjudged, ...rows.filter((row) => row.block === null).map(nameOf)];
  const passed = rows.length > 0 && failed.length === 0 && mute.length === 0;
  return { passed, sentence: sentenceOf(rows, failed, mute), comparisons: rows };
}

/** @param pHolm p of the A/A row after Holm over the study's A/A rows, null without an estimate */
export function hasFailed(pHolm: number | null): boolean {
  return pHolm !== null && pHolm < ALPHA;
}

/** "java-hello, alternated" */
export function nameOf(cell: Pick<Cell, 'sut' | 'design'>): string {
  return `${cell.sut}, ${cell.design}`;
}

function sentenceOf(rows: readonly Comparison[], failed: readonly Comparison[], mute: readonly string[]): string {
  if (rows.length > 0 && rows.every((row) => row.design === 'sequential')) return standInSentence(rows, failed);
  if (failed.length > 0) {
    const each = failed.map((row) => `${told(row)}, Holm's ${pValue(row.block?.pHolm ?? 1)}`);
    return `A/A failed: none against none differs by ${each.join('; ')}; no claim is made there.`;
  }
  const missing = mute.length > 0 ? `could not be judged for ${mute.join('; ')}` : null;
  const worst = rows.filter((row) => row.block !== null).sort((a, b) => sizeOf(b) - sizeOf(a))[0];
  if (!worst) return `A/A ${missing ?? 'was not run: nothing shows what this instrument sees where there is nothing'}.`;
  const clean = `none against none differs by ${told(worst)} at most`;
  return missing ? `A/A ${missing}; elsewhere ${clean}.` : `A/A is clean: ${clean}.`;
}

/** imported data: halves of the baseline stand in for an A/A arm */
function standInSentence(rows: readonly Comparison[], failed: readonly Comparison[]): string {
  const list = (some: readonly Comparison[]) =>
    some.map((row) => `${row.block ? intervalUs(row.block) : 'no interval'} (${row.condition})`).join('; ');
  const head =
    "Imported data has no A/A arm; the mean of the baseline's second half against its first stands in for it";
  if (failed.length === 0) return `${head}: ${list(rows)}, no more than chance.`;
  return `${head}, and differs: ${list(failed)}. That is drift, and part of any difference between the arms.`;
}

function told(row: Comparison): string {
  return row.block === null ? nameOf(row) : `${intervalUs(row.block)} (${nameOf(row)})`;
}

function sizeOf(row: Comparison): number {
  return Math.abs(row.block?.estimateNs ?? 0);
}
