/** Every match that was kept under action trace, one row each. */

import type { StudyRecord, TraceBatch } from '../analysis/record.ts';
import { csvLine } from './csv.ts';

const HEAD = [
  ...['study', 'node', 'sut', 'condition', 'mechanism', 'design', 'phase', 'fork', 'block', 'step'],
  ...['at_ns', 'pid', 'fd', 'keyword_index', 'keyword'],
];
const UNKNOWN = 0xffff_ffff;

/** @returns CSV (RFC 4180) with a header row; at_ns is CLOCK_MONOTONIC of the node; index and keyword are empty where it is not known which */
export function renderTracesCsv(study: Pick<StudyRecord, 'id' | 'traces' | 'keywordList'>): string {
  const rows = study.traces.flatMap((batch) => rowsOf(study, batch));
  return [csvLine(HEAD), ...rows].join('');
}

function rowsOf(study: Pick<StudyRecord, 'id' | 'keywordList'>, b: TraceBatch): string[] {
  const place = [study.id, b.node, b.sut, b.condition, b.mechanism, b.design, b.phase, b.fork, b.block, b.step];
  return Array.from(b.atNs, (atNs, i) => {
    const index = b.keyword[i] as number;
    const known = index !== UNKNOWN;
    const match = [atNs.toString(), b.pid[i] as number, (b.fd[i] as number) | 0, known ? index : null];
    return csvLine([...place, ...match, known ? (study.keywordList[index] ?? null) : null]);
  });
}
