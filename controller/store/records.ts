/** The records of a study's folder, one by one. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError, decode, type MeasurementRecord } from '#proto';
import { checkStoredRecord } from '../ingest/validate.ts';
import { type SegmentEnd, scanSegment } from './segment-read.ts';
import type { StoredSegment } from './stored-segments.ts';

export interface NodeRecord {
  readonly node: string;
  /** its columns are views that are good until the next record */
  readonly record: MeasurementRecord;
}

export interface ScannedSegment extends SegmentEnd, StoredSegment {}

/** File by file in the order of their names, each up to its first damaged frame.
 * @throws BenchError usage when there is no samples folder or a file in it is no segment; bad-message when a whole frame holds no record */
export function scanRecords(dir: string, onRecord: (found: NodeRecord) => void): ScannedSegment[] {
  return segmentFiles(dir).map((file) => {
    let records = 0;
    let samples = 0;
    const end = scanSegment(join(dir, 'samples', file), ({ payload }) => {
      const record = decode('Record', payload);
      // crc and form do not say that an agent sent it: a folder may come from anywhere
      checkStoredRecord(record);
      records += 1;
      if (record.body === 'samples') samples += record.samples.n;
      onRecord({ node: nodeOf(record), record });
    });
    return { file, records, samples, ...end };
  });
}

/** names of the segments of a study, sorted. @throws BenchError usage */
export function segmentFiles(dir: string): string[] {
  const folder = join(dir, 'samples');
  if (!existsSync(folder)) throw new BenchError('usage', `${dir} holds no samples folder`);
  return namesIn(folder)
    .filter((name) => name.endsWith('.seg'))
    .sort();
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new BenchError('usage', `${folder} can't be read: ${(cause as Error).message}`, { cause });
  }
}

/** an assignment's id is STUDY/NODE/CONDITION/FORK */
export function nodeOf(record: { readonly assignmentId: string }): string {
  return record.assignmentId.split('/')[1] ?? '';
}
