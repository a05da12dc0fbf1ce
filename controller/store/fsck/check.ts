/** A study's folder against itself. Nothing is changed. */

import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { asBenchError, type MeasurementRecord } from '#proto';
import { isEnded, readMeta, type StudyMeta } from '../meta.ts';
import { quarantined } from '../quarantine.ts';
import { segmentFiles } from '../records.ts';
import { isBeingWritten } from '../results-folder.ts';
import { missingSentences } from '../stored-segments.ts';
import { damage, type Finding, type FolderReport, note } from './finding.ts';
import { PlanCheck } from './plan.ts';
import { ResultsCheck } from './results.ts';
import { checkSegment, type SegmentCheck } from './segment.ts';

export interface StudyCheck extends FolderReport {
  readonly checked: readonly SegmentCheck[];
  /** files in samples/ that are no segments */
  readonly strangers: readonly string[];
}

/** Memory: one frame, and the small records. @param dir folder of a study (with study.json, readable or not) */
export function checkStudy(dir: string): StudyCheck {
  const id = basename(resolve(dir));
  try {
    return checkKnown(dir, id, readMeta(dir));
  } catch (error) {
    const nextStep = 'put back a study.json of this study, e.g. from a copy; the samples are as they are';
    const finding = damage('unreadable', 'study.json', asBenchError(error).message, nextStep);
    const nothing = { segments: 0, records: 0, samples: 0, bytes: 0, checked: [], strangers: [] };
    return { dir, id, kind: 'study', ...nothing, findings: [finding] };
  }
}

function checkKnown(dir: string, id: string, meta: StudyMeta): StudyCheck {
  const isAlive = !isEnded(meta.status) && isBeingWritten(dirname(resolve(dir)), id);
  const plan = new PlanCheck(meta);
  const results = new ResultsCheck(meta);
  const onRecord = (record: MeasurementRecord) => {
    plan.record(record);
    results.record(record);
  };
  const { checked, strangers, findings } = checkSegments(dir, meta, onRecord);
  const whole = [
    ...stateFindings(meta, isAlive),
    ...findings,
    ...plan.findings(dir),
    ...(isEnded(meta.status) ? results.findings(dir) : []),
    ...asideFindings(dir),
  ];
  const total = (of: (one: SegmentCheck) => number) => checked.reduce((sum, one) => sum + of(one), 0);
  return {
    ...{ dir, id, kind: 'study', checked, strangers },
    ...{ segments: checked.length, records: total((one) => one.records), samples: total((one) => one.samples) },
    bytes: total((one) => one.bytes),
    // what is under way looks torn to whoever reads it
    findings: isAlive ? whole.filter(({ code }) => code === 'being-written') : whole,
  };
}

function checkSegments(dir: string, meta: StudyMeta, onRecord: (record: MeasurementRecord) => void) {
  const checked: SegmentCheck[] = [];
  const strangers: string[] = [];
  const findings: Finding[] = [];
  if (!existsSync(join(dir, 'samples'))) {
    findings.push(damage('unreadable', 'samples', 'there is no samples folder', 'put it back from a copy'));
    return { checked, strangers, findings };
  }
  for (const file of segmentFiles(dir)) {
    try {
      const one = checkSegment(dir, file, { meta, onRecord });
      checked.push(one);
      findings.push(...one.findings);
    } catch (error) {
      const { message, nextStep } = asBenchError(error);
      const isNewer = /of version/.test(message);
      if (!isNewer) strangers.push(file);
      const step = isNewer ? nextStep : 'hookbench fsck DIR --repair sets it aside';
      findings.push(damage(isNewer ? 'newer-format' : 'not-a-segment', join('samples', file), message, step));
    }
  }
  return { checked, strangers, findings: [...findings, ...missingFindings(meta, checked)] };
}

function missingFindings({ segments }: StudyMeta, checked: readonly SegmentCheck[]): Finding[] {
  const nextStep =
    'put the file back from a copy, or take what is left: hookbench fsck DIR --repair notes it in study.json';
  return missingSentences(segments, checked).map(({ file, sentence }) =>
    damage('missing-records', join('samples', file), sentence, nextStep),
  );
}

function stateFindings({ status }: StudyMeta, isAlive: boolean): Finding[] {
  if (isEnded(status)) return [];
  if (isAlive) return [note('being-written', 'study.json', `the study is ${status}: it is being written`)];
  const nextStep = 'hookbench fsck DIR --repair makes it interrupted, as the next start of a controller does';
  return [damage('unfinished', 'study.json', `the study is ${status}, and nobody is writing it`, nextStep)];
}

function asideFindings(dir: string): Finding[] {
  return quarantined(dir).map(({ file, at, bytes, why, keptIn, when }) =>
    note(
      'quarantined',
      file,
      `${bytes} bytes at ${at} (${why}) were set aside on ${when}: ${keptIn ?? 'nothing but zeros'}`,
    ),
  );
}
