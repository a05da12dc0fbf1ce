/** Matches of action trace, summed up per SUT and mechanism. */

import type { StudyRecord, TraceBatch } from './record.ts';
import type { TraceRow } from './results.ts';

const TOP = 10;
const UNKNOWN = 0xffff_ffff;

/** One row for each SUT, node and mechanism that found something; dropped matches are in `matches`. Time O(matches). */
export function traceRows(study: Pick<StudyRecord, 'traces' | 'keywordList'>): readonly TraceRow[] {
  const groups = new Map<string, TraceBatch[]>();
  for (const batch of study.traces) {
    const key = JSON.stringify([batch.sut, batch.node, batch.mechanism]);
    groups.set(key, [...(groups.get(key) ?? []), batch]);
  }
  return [...groups.values()].map((group) => {
    const { sut, node, mechanism } = group[0] as TraceBatch;
    const kept = group.reduce((sum, { atNs }) => sum + atNs.length, 0);
    const dropped = group.reduce((sum, batch) => sum + batch.dropped, 0);
    return { sut, node, mechanism, matches: kept + dropped, kept, dropped, keywords: topOf(group, study.keywordList) };
  });
}

function topOf(group: readonly TraceBatch[], words: readonly string[]): TraceRow['keywords'] {
  const counts = new Map<number, number>();
  for (const { keyword } of group) for (const index of keyword) counts.set(index, (counts.get(index) ?? 0) + 1);
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || a - b)
    .slice(0, TOP)
    .map(([index, count]) => {
      const known = index !== UNKNOWN;
      return { index: known ? index : null, keyword: (known && words[index]) || '', count };
    });
}
