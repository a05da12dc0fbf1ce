/** The one implementation of the store: plain files in a folder per study. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { asBenchError, type BenchError, encode, type MeasurementRecord } from '#proto';
import type { StudyMeta } from './meta.ts';
import { replaceFile, syncFolder } from './replace-file.ts';
import type { RunFacts } from './run-facts.ts';
import { SegmentWriter } from './segment.ts';
import { segmentName } from './segment-name.ts';
import type { StudyStore } from './store.ts';

/** @throws ErrnoException EEXIST when the folder is there already, ENOSPC, EACCES */
export function createStudyStore(outDir: string, id: string): StudyStore {
  const dir = join(outDir, id);
  mkdirSync(outDir, { recursive: true });
  mkdirSync(dir);
  mkdirSync(join(dir, 'samples'));
  return new DiskStore(dir);
}

interface OpenSegment {
  readonly writer: SegmentWriter;
  records: number;
  samples: number;
}

class DiskStore implements StudyStore {
  readonly dir: string;
  readonly #segments = new Map<string, OpenSegment>();
  /** also those that are closed: what is durable stays so */
  readonly #writers = new Map<string, SegmentWriter>();
  #closed: readonly RunFacts[] = [];
  /** files whose names may not be on disk yet */
  #hasNewNames = false;
  #namesFailure: BenchError | null = null;

  constructor(dir: string) {
    this.dir = dir;
  }

  append = (node: string, runId: string, record: MeasurementRecord, encoded?: Buffer): void => {
    const open = this.#segmentOf(node, runId);
    open.writer.append(encoded ?? encode('Record', record), record.sequence);
    open.records += 1;
    if (record.body === 'samples') open.samples += record.samples.n;
  };

  sync = async (): Promise<void> => {
    this.#syncNames();
    const synced = await Promise.allSettled([...this.#segments.values()].map(({ writer }) => writer.sync()));
    for (const one of synced) if (one.status === 'rejected') throw one.reason;
  };

  durable = (node: string, runId: string): number => this.#writers.get(segmentName(node, runId))?.durableSequence ?? 0;

  runs = (): readonly RunFacts[] => [...this.#closed, ...[...this.#segments].map(factsOf)];

  saveMeta = (meta: StudyMeta): void => replaceFile(join(this.dir, 'study.json'), `${JSON.stringify(meta, null, 2)}\n`);

  savePlan = (plan: unknown): void => replaceFile(join(this.dir, 'plan.json'), `${JSON.stringify(plan)}\n`);

  saveText = (name: 'results.json' | 'report.html', text: string): void => replaceFile(join(this.dir, name), text);

  close = (): void => {
    const open = [...this.#segments.values()].map(({ writer }) => writer);
    this.#closed = this.runs();
    this.#segments.clear();
    closeAll(open);
    this.#syncNames();
  };

  /** as with fdatasync, the first failure is final */
  #syncNames(): void {
    if (this.#namesFailure !== null) throw this.#namesFailure;
    if (!this.#hasNewNames) return;
    try {
      syncFolder(join(this.dir, 'samples'));
      this.#hasNewNames = false;
    } catch (error) {
      this.#namesFailure = asBenchError(error);
      throw this.#namesFailure;
    }
  }

  #segmentOf(node: string, runId: string): OpenSegment {
    const name = segmentName(node, runId);
    const open = this.#segments.get(name);
    if (open !== undefined) return open;
    const segment = { writer: new SegmentWriter(join(this.dir, 'samples', name)), records: 0, samples: 0 };
    this.#segments.set(name, segment);
    this.#writers.set(name, segment.writer);
    this.#hasNewNames = true;
    return segment;
  }
}

function factsOf([file, { writer, records, samples }]: readonly [string, OpenSegment]): RunFacts {
  return { file, bytes: writer.bytes, lastSequence: writer.lastSequence, records, samples };
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
