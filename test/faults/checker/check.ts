/** Compares what agents say they measured with what a study's folder holds. Every sample acknowledged is there exactly once, every loss is
 * counted, nothing is doubled, altered or invented. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunLedger } from './ledger.ts';
import type { SeenRecord } from './record.ts';
import { type ReadSegment, readSegments } from './segments.ts';

export const FINDING_CODES = [
  'doubled',
  'altered',
  'invented',
  'out-of-order',
  'lost-acked',
  'lost-unacked',
  'uncounted-drop',
  'miscounted-loss',
  'unmarked',
  'torn',
  'no-study',
] as const;

export interface Finding {
  readonly code: (typeof FINDING_CODES)[number] | string;
  readonly detail: string;
}

/** one run of an agent, as the checker needs it */
export interface CheckedRun {
  readonly ledger: RunLedger;
  /** highest sequence that the controller said is durable */
  readonly acked: number;
  /** samples that the controller said it did not keep */
  readonly discarded: number;
  /** killed, or parted from its controller for good: what it had not delivered died with it */
  readonly died: boolean;
}

export interface Counts {
  readonly offered: number;
  readonly stored: number;
  readonly dropped: number;
  readonly discarded: number;
  /** acknowledged, not stored, and counted by the controller as lost */
  readonly counted: number;
  /** offered, never acknowledged, not stored, by runs that died */
  readonly died: number;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  /** in samples */
  readonly counts: Counts;
  readonly status: string;
}

interface Meta {
  readonly status: string;
  readonly warnings: readonly { readonly code: string; readonly detail: string }[];
}

/** @param dir the study's folder; its name is the study's id */
export function checkStudy(
  dir: string,
  o: { readonly studyId: string; readonly runs: readonly CheckedRun[] },
): Verdict {
  const findings: Finding[] = [];
  const say = (code: Finding['code'], detail: string) => findings.push({ code, detail });
  const meta = readMeta(dir, say);
  const segments = readSegments(dir);
  const countedLost = lossSaid(segments, meta, (hop) => hop === 'stream');
  const counts = { offered: 0, stored: 0, dropped: 0, discarded: 0, counted: 0, died: 0 };
  const known = new Set<string>();
  let lostAcked = 0;
  for (const run of o.runs) {
    const own = segments.filter(({ file }) => file.includes(run.ledger.runId));
    for (const { file } of own) known.add(file);
    const missing = checkRun(run, own, { studyId: o.studyId, counts, say });
    lostAcked += missing.ackedSamples;
  }
  for (const { file, frames } of segments)
    if (!known.has(file) && frames.length > 0) say('invented', `${file}: ${frames.length} records of an unknown run`);
  // what is told in acknowledgements may be in the study's own count, too
  const told = counts.discarded > 0 ? counts.discarded : countedLost;
  counts.counted = counts.discarded > 0 ? 0 : Math.min(lostAcked, countedLost);
  if (lostAcked > told)
    say('lost-acked', `${lostAcked} samples were acknowledged and are not stored; told as lost are ${told}`);
  else if (lostAcked < Math.max(told, countedLost))
    say(
      'miscounted-loss',
      `${lostAcked} samples are lost; the study says ${countedLost}, the acknowledgements ${counts.discarded}`,
    );
  const droppedSaid = lossSaid(segments, meta, (hop) => hop === 'spool');
  if (counts.died === 0 && lostAcked === 0 && droppedSaid !== counts.dropped)
    say('uncounted-drop', `${counts.dropped} samples were dropped at the spool; the loss records say ${droppedSaid}`);
  if (counts.died + counts.counted + counts.discarded > 0 && meta.status === 'complete')
    say('unmarked', `samples are missing, and the study says it is complete`);
  for (const { file, tornBytes } of segments)
    if (tornBytes > 0 && isEnded(meta.status)) say('torn', `${file}: ${tornBytes} bytes behind the last whole frame`);
  return { findings, counts, status: meta.status };
}

function checkRun(
  { ledger, acked, discarded, died }: CheckedRun,
  segments: readonly ReadSegment[],
  o: {
    studyId: string;
    counts: { -readonly [K in keyof Counts]: number };
    say: (code: string, detail: string) => void;
  },
): { ackedSamples: number } {
  const { runId } = ledger;
  const offered = [...ledger.offered.values()].filter((record) => record.studyId === o.studyId);
  const stored = storedOnce(segments, { ledger, say: o.say });
  let missingBefore: number | null = null;
  let ackedSamples = 0;
  for (const record of offered.sort((a, b) => a.sequence - b.sequence)) {
    o.counts.offered += record.samples;
    if (stored.has(record.sequence)) {
      o.counts.stored += record.samples;
      if (missingBefore !== null)
        o.say('out-of-order', `${runId}: record ${record.sequence} is stored, ${missingBefore} before it is not`);
      missingBefore = null;
      continue;
    }
    if (record.sequence <= acked) ackedSamples += record.samples;
    else if (died) {
      o.counts.died += record.samples;
      missingBefore ??= record.sequence;
    } else {
      o.say('lost-unacked', `${runId}: record ${record.sequence} (${record.body}) was never delivered`);
    }
    if (record.sequence <= acked && record.samples === 0 && discarded === 0)
      o.say('lost-acked', `${runId}: record ${record.sequence} (${record.body}) was acknowledged and is not stored`);
  }
  o.counts.discarded += discarded;
  o.counts.dropped += ledger.dropped
    .filter(({ studyId }) => studyId === o.studyId)
    .reduce((sum, { samples }) => sum + samples, 0);
  return { ackedSamples };
}

/** the sequences stored, each held against the ledger. Loss records that the controller itself adds have the sequence of the record they
 * stand before, and no one offered them. */
function storedOnce(
  segments: readonly ReadSegment[],
  { ledger, say }: { ledger: RunLedger; say: (code: string, detail: string) => void },
): Set<number> {
  const seen = new Map<number, SeenRecord>();
  for (const { record } of segments.flatMap(({ frames }) => frames)) {
    if (record.lost?.hop === 'stream') continue;
    const { sequence } = record;
    const offered = ledger.offered.get(sequence);
    if (seen.has(sequence)) say('doubled', `${ledger.runId}: record ${sequence} is stored twice`);
    else if (offered === undefined) say('invented', `${ledger.runId}: record ${sequence} was never offered`);
    else if (offered.digest !== record.digest)
      say('altered', `${ledger.runId}: record ${sequence} is not what was offered`);
    seen.set(sequence, record);
  }
  return new Set(seen.keys());
}

/** samples that stored loss records, and the study's own warnings, count as lost at a hop */
function lossSaid(segments: readonly ReadSegment[], meta: Meta, isHop: (hop: string) => boolean): number {
  const records = segments.flatMap(({ frames }) => frames.map(({ record }) => record.lost));
  const inRecords = records.reduce((sum, lost) => sum + (lost !== null && isHop(lost.hop) ? lost.samples : 0), 0);
  const told = meta.warnings.filter(({ code }) => code === 'lost-samples' && isHop('stream'));
  return told.reduce((sum, { detail }) => sum + Number(/^(\d+) samples/.exec(detail)?.[1] ?? 0), inRecords);
}

function readMeta(dir: string, say: (code: string, detail: string) => void): Meta {
  try {
    const { status, warnings } = JSON.parse(readFileSync(join(dir, 'study.json'), 'utf8')) as Meta;
    return { status, warnings };
  } catch (error) {
    say('no-study', `${dir}/study.json: ${(error as Error).message}`);
    return { status: 'unknown', warnings: [] };
  }
}

export function isEnded(status: string): boolean {
  return ['complete', 'interrupted', 'failed'].includes(status);
}
