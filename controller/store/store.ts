/** Where a study lives on disk: study.json, plan.json, one segment per agent run, then results.json and report.html. */

import type { MeasurementRecord } from '#proto';
import type { StudyMeta } from './meta.ts';

export interface StudyStore {
  readonly dir: string;
  /** Appends one record of an agent's run; durable after the next sync. @param encoded its bytes as they came over the wire */
  append(node: string, runId: string, record: MeasurementRecord, encoded?: Buffer): void;
  sync(): Promise<void>;
  /** last sequence of the run that is durable */
  durable(node: string, runId: string): number;
  /** Replaces study.json atomically. */
  saveMeta(meta: StudyMeta): void;
  savePlan(plan: unknown): void;
  saveText(name: 'results.json' | 'report.html', text: string): void;
  close(): void;
}
