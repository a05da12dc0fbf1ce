/** Flags that the study's record raises: how it was run and what went missing. */

import { count, span } from './format.ts';
import type { ImportedRun, StudyRecord } from './record.ts';
import type { Design, Flag, FlagCode } from './results.ts';

export interface FlagSubject {
  readonly sut: string;
  readonly condition: string;
  readonly node: string;
  readonly design: Design;
  readonly baseline: string;
  readonly treated: string;
  readonly n: number;
  /** process starts in which both arms ran */
  readonly forks: number;
  readonly hasEstimate: boolean;
}

/** with one of these no claim is made */
export const DISQUALIFYING: readonly FlagCode[] = [
  'lost-samples',
  'parity-miss',
  'block-failed',
  'aa-failed',
  'throttled',
];

/** Flags of one comparison from the record around its samples.
 * A loss or parity row counts for the treated and for the baseline mechanism; one without a SUT or mechanism counts for all. */
export function recordFlags(study: StudyRecord, subject: FlagSubject): readonly Flag[] {
  return [
    ...lossFlag(study, subject),
    ...parityFlag(study, subject),
    ...blockingFlag(study, subject),
    ...throttleFlag(study),
    ...interleavingFlag(subject),
    ...(subject.design === 'sequential' ? runsFlag(subject) : forksFlag(subject)),
    ...completenessFlag(study, subject),
  ];
}

const ENOUGH_FORKS = 4;

function lossFlag(study: StudyRecord, subject: FlagSubject): readonly Flag[] {
  const lossy = study.loss.filter((row) => row.lost > 0 && concerns(row, subject));
  if (lossy.length === 0) return [];
  const hops = lossy.map(
    (row) => `${count(row.lost)} at ${row.hop} (${row.mechanism || 'all'}, ${count(row.received)} kept)`,
  );
  return [{ code: 'lost-samples', detail: `Samples were lost: ${hops.join(', ')}.` }];
}

function parityFlag(study: StudyRecord, subject: FlagSubject): readonly Flag[] {
  const missed = study.parity.filter((row) => !row.ok && concerns(row, subject) && row.condition === subject.condition);
  if (missed.length === 0) return [];
  const rows = missed.map(
    (row) =>
      `${row.mechanism} saw ${count(row.seenReads)} of ${count(row.expectedReads)} reads, ${count(row.seenBytes)} of ${count(row.expectedBytes)} bytes and ${count(row.seenHits)} of ${count(row.expectedHits)} hits (expected by ${row.source})`,
  );
  return [{ code: 'parity-miss', detail: `The hook did not see the same reads: ${rows.join('; ')}.` }];
}

function blockingFlag(study: StudyRecord, subject: FlagSubject): readonly Flag[] {
  const failed = study.blocking.filter(
    (row) => !row.ok && concerns(row, subject) && row.condition === subject.condition,
  );
  if (failed.length === 0) return [];
  const rows = failed.map(
    (row) =>
      `${row.mechanism} let ${count(row.leaked)} of ${count(row.leaked + row.refused)} requests with a keyword through and refused ${count(row.denied)} of ${count(row.denied + row.served)} without`,
  );
  return [{ code: 'block-failed', detail: `The hook did not block what it was to block: ${rows.join('; ')}.` }];
}

function concerns(
  row: { readonly sut: string; readonly node: string; readonly mechanism: string },
  subject: FlagSubject,
): boolean {
  const isOneOf = (value: string, ...names: readonly string[]) => value === '' || names.includes(value);
  return (
    isOneOf(row.sut, subject.sut) &&
    isOneOf(row.node, subject.node) &&
    isOneOf(row.mechanism, subject.treated, subject.baseline)
  );
}

function throttleFlag(study: StudyRecord): readonly Flag[] {
  return study.throttling.length === 0 ? [] : [{ code: 'throttled', detail: study.throttling.join(' ') }];
}

function interleavingFlag({ design }: FlagSubject): readonly Flag[] {
  if (design !== 'sequential') return [];
  const detail = 'The arms ran one after the other: whatever changed between them is part of the difference.';
  return [{ code: 'arms-not-interleaved', detail }];
}

function forksFlag({ forks }: FlagSubject): readonly Flag[] {
  if (forks >= ENOUGH_FORKS) return [];
  const starts = `${forks} process start${forks === 1 ? '' : 's'}`;
  const detail = `Both arms ran in ${starts}, fewer than ${ENOUGH_FORKS}: how much starts differ can hardly be told.`;
  return [{ code: 'few-forks', detail }];
}

function runsFlag({ forks }: FlagSubject): readonly Flag[] {
  if (forks >= ENOUGH_FORKS) return [];
  const runs = forks === 1 ? 'One run' : `${forks} runs`;
  const detail = `${runs} of each arm, fewer than ${ENOUGH_FORKS}: how much two runs of the same arm differ can hardly be told.`;
  return [{ code: 'few-forks', detail }];
}

/** Imported arms with a long break between the last request of the one and the first of the other, by the files' own clock. */
export function apartFlag(study: StudyRecord, { condition }: { readonly condition: string }): readonly Flag[] {
  const runs = (study.imported ?? []).filter((run) => run.condition === condition);
  if (runs.length === 0) return [];
  const spanOf = (own: readonly ImportedRun[]) => ({
    fromMs: Math.min(...own.map((run) => run.firstStartMs)),
    toMs: Math.max(...own.map((run) => run.lastStartMs)),
  });
  const isBaseline = (run: ImportedRun) => study.arms.find(({ index }) => index === run.arm)?.mechanism === 'none';
  const baseline = spanOf(runs.filter(isBaseline));
  const treated = spanOf(runs.filter((run) => !isBaseline(run)));
  const gapMs = Math.max(treated.fromMs - baseline.toMs, baseline.fromMs - treated.toMs);
  const longerMs = Math.max(treated.toMs - treated.fromMs, baseline.toMs - baseline.fromMs);
  if (!(gapMs > Math.min(APART_MS, APART_IN_RUNS * longerMs))) return [];
  const [first, later] = treated.fromMs > baseline.fromMs ? ['baseline', 'treated'] : ['treated', 'baseline'];
  const detail = `The ${later} arm began ${span(gapMs)} after the ${first} arm had ended, and neither took longer than ${span(longerMs)}: whatever changed in between is part of the difference.`;
  return [{ code: 'arms-apart', detail }];
}

/** other tenants, temperatures and background jobs change within minutes */
const APART_MS = 600_000;
const APART_IN_RUNS = 4;

function completenessFlag(study: StudyRecord, subject: FlagSubject): readonly Flag[] {
  const reasons: string[] = [];
  const planned = study.plannedSamples[subject.sut] ?? 0;
  if (study.status !== 'complete')
    reasons.push(`the study was ${study.status === 'failed' ? 'cut short by a failure' : 'interrupted'}`);
  if (subject.n < planned) reasons.push(`${count(subject.n)} of ${count(planned)} samples were measured`);
  if (!subject.hasEstimate) reasons.push('there are too few blocks with both arms for an interval');
  if (reasons.length === 0) return [];
  const sentence = reasons.join('; ');
  return [{ code: 'incomplete', detail: `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.` }];
}
