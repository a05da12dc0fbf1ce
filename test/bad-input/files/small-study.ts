/** A small real study in a folder, written by the product's own store, to be damaged. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Batch } from '../../../controller/analysis/record.ts';
import { createStudyStore } from '../../../controller/store/disk.ts';
import type { StudyMeta } from '../../../controller/store/meta.ts';
import { bytesOf, type MeasurementRecord, type RecordBody } from '../../../proto/index.ts';
import { META } from '../../helpers/stored.ts';
import { ARMS, makeStudy } from '../../helpers/study.ts';
import { RECORD_BODIES } from '../../proto/messages.ts';

export interface SmallStudy {
  readonly dir: string;
  remove(): void;
}

export async function smallStudy(): Promise<SmallStudy> {
  const root = mkdtempSync(join(tmpdir(), 'hookbench-bad-study-'));
  const store = createStudyStore(root, 'study-0');
  for (const record of records()) store.append('node-1', 'run-1', record);
  await store.sync();
  store.saveMeta(meta());
  store.savePlan({});
  store.close();
  return { dir: store.dir, remove: () => rmSync(root, { recursive: true, force: true }) };
}

export function meta(): StudyMeta {
  const mechanisms = ['none', 'ld-preload', 'bpftrace'];
  return { ...META, status: 'complete', finishedAt: META.startedAt, mechanisms, arms: [...ARMS] as StudyMeta['arms'] };
}

/** samples that can be analysed, and one record of every other kind */
function records(): MeasurementRecord[] {
  const { batches } = makeStudy({ forks: 2, blocks: 3, perBlock: 12, warmup: 6 });
  const bodies = [...batches.map(samplesOf), ...RECORD_BODIES.filter(({ body }) => body !== 'samples')];
  return bodies.map((body, i) => ({
    sequence: i + 1,
    studyId: 'study-0',
    assignmentId: 'study-0/node-1/process/0',
    ...body,
  }));
}

function samplesOf(batch: Batch): RecordBody {
  const { sut, condition, fork, block, step, phase, design, vantage, t0Ns, arm, flags } = batch;
  const place = { sut, condition, fork, block, step, phase, design, vantage } as MeasurementPlace;
  const latencyNs = bytesOf(Uint32Array.from(batch.latencyNs));
  const columns = { dtNs: bytesOf(batch.dtNs), latencyNs, arm, flags };
  return { body: 'samples', samples: { place, t0Ns, n: arm.length, ...columns } };
}

type MeasurementPlace = (RecordBody & { body: 'samples' })['samples']['place'];
