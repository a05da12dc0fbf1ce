/** The one implementation of the store: plain files in a folder per study. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { encode, type MeasurementRecord } from '#proto';
import type { StudyMeta } from './meta.ts';
import { replaceFile } from './replace-file.ts';
import { SegmentWriter } from './segment.ts';
import type { StudyStore } from './store.ts';

/** @throws ErrnoException EEXIST when the folder is there already, ENOSPC, EACCES */
export function createStudyStore(outDir: string, id: string): StudyStore {
  const dir = join(outDir, id);
  mkdirSync(outDir, { recursive: true });
  mkdirSync(dir);
  mkdirSync(join(dir, 'samples'));
  const segments = new Map<string, SegmentWriter>();
  const appended = new Map<string, number>();
  const durable = new Map<string, number>();
  const segmentOf = (node: string, runId: string) => {
    const name = `${safeName(node)}-${safeName(runId)}.seg`;
    const open = segments.get(name);
    if (open !== undefined) return open;
    const segment = new SegmentWriter(join(dir, 'samples', name));
    segments.set(name, segment);
    return segment;
  };
  return {
    dir,
    append: (node: string, runId: string, record: MeasurementRecord, encoded?: Buffer) => {
      segmentOf(node, runId).append(encoded ?? encode('Record', record));
      appended.set(`${node} ${runId}`, record.sequence);
    },
    sync: async () => {
      const upTo = [...appended];
      await Promise.all([...segments.values()].map((segment) => segment.sync()));
      for (const [run, sequence] of upTo) durable.set(run, Math.max(sequence, durable.get(run) ?? 0));
    },
    durable: (node: string, runId: string) => durable.get(`${node} ${runId}`) ?? 0,
    saveMeta: (meta: StudyMeta) => replaceFile(join(dir, 'study.json'), `${JSON.stringify(meta, null, 2)}\n`),
    savePlan: (plan) => replaceFile(join(dir, 'plan.json'), `${JSON.stringify(plan)}\n`),
    saveText: (name, text) => replaceFile(join(dir, name), text),
    close: () => {
      const open = [...segments.values()];
      segments.clear();
      closeAll(open);
      for (const [run, sequence] of appended) durable.set(run, sequence);
    },
  };
}

/** every one of them, whatever happens to the others. @throws the first failure */
function closeAll(segments: readonly SegmentWriter[]): void {
  const failures = segments.flatMap((segment) => {
    try {
      segment.close();
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (failures.length > 0) throw failures[0];
}

/** names come from agents: only letters, digits, dash and underscore get into a file name */
function safeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 100);
}
