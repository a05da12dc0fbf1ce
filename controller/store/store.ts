/** Where a study lives on disk: study.json, plan.json, one segment per agent run, then results.json and report.html. */

import type { MeasurementRecord } from '#proto';
import type { StudyMeta } from './meta.ts';
import type { RunFacts } from './run-facts.ts';

export interface StudyStore {
  readonly dir: string;
  /** Appends one record of an agent's run; durable after the next sync.
   * @param encoded the record as it came over the wire: stored as it is
   * @throws ErrnoException ENOSPC, …; BenchError after a failed fdatasync. Either way this record was not taken. */
  append(node: string, runId: string, record: MeasurementRecord, encoded?: Buffer): void;
  /** Makes everything taken so far durable. Rejects as SegmentWriter.sync does; the other segments are durable then all the same. */
  sync(): Promise<void>;
  /** The highest sequence of that run that is on disk; 0 when there is none. Of a store that a results folder made: in any study of the
   * folder, also one that a controller before this one stored. True also after close. */
  durable(node: string, runId: string): number;
  /** what has been appended to each segment so far */
  runs(): readonly RunFacts[];
  /** Replaces study.json atomically. */
  saveMeta(meta: StudyMeta): void;
  savePlan(plan: unknown): void;
  saveText(name: 'results.json' | 'report.html', text: string): void;
  close(): void;
}
