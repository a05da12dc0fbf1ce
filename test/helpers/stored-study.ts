/** A whole stored study, small and consistent: study.json, plan.json, a segment per node, results.json. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf, type MeasurementRecord } from '#proto';
import { createStudyStore } from '../../controller/store/disk.ts';
import type { StudyMeta } from '../../controller/store/meta.ts';
import type { StudyStore } from '../../controller/store/store.ts';
import { writeResults } from '../../controller/study/results.ts';
import { META, PLACE } from './stored.ts';

/** removed with all that is in it when the process ends */
export function newResultsDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-test-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export const STEPS = 5;
const PER_STEP = 40;

export function metaOf(id: string, over: Partial<StudyMeta> = {}): StudyMeta {
  const arms = [
    { index: 0, mechanism: 'none', aa: false, design: 'alternated' as const },
    { index: 1, mechanism: 'none', aa: true, design: 'alternated' as const },
    { index: 2, mechanism: 'ld-preload', aa: false, design: 'alternated' as const },
  ];
  return { ...META, id, arms, blocks: STEPS, ...over };
}

/** one step's samples: sequence is step + 1, latencies tell step and index */
export function stepRecord(id: string, step: number, n = PER_STEP): MeasurementRecord {
  const latencyNs = Uint32Array.from({ length: n }, (_, i) => 50_000 + 1000 * step + i);
  const samples = {
    place: { ...PLACE, block: step, step },
    t0Ns: 10n ** 18n + BigInt(step) * 10n ** 9n,
    n,
    dtNs: bytesOf(Uint32Array.from({ length: n }, (_, i) => i * 1_000_000)),
    latencyNs: bytesOf(latencyNs),
    arm: Uint8Array.from({ length: n }, (_, i) => i % 3),
    flags: Uint8Array.from({ length: n }, (_, i) => i % 2),
  };
  return { sequence: step + 1, studyId: id, assignmentId: `${id}/node-1/process/0`, body: 'samples', samples };
}

export function planOf(steps = STEPS, perStep = PER_STEP): unknown {
  const slice = { sut: 'java-hello', order: Buffer.alloc(perStep).toString('base64') };
  const forks = [
    {
      ...{ fork: 0, condition: 'process', instances: [] },
      steps: Array.from({ length: steps }, (_, index) => ({ index, block: index, slices: [slice] })),
    },
  ];
  return { schema: 'hookbench.plan/v1', seed: 7, nodes: [{ node: 'node-1', forks }] };
}

/** @returns the study's folder: complete, with results, and clean */
export function storedStudy(resultsDir: string, id: string): string {
  const store = createStudyStore(resultsDir, id);
  fill(store, id);
  store.close();
  store.saveMeta(metaOf(id, { status: 'complete', finishedAt: '2026-11-23T00:01:00.000Z' }));
  writeResults(store.dir);
  return store.dir;
}

/** @returns the folder of a study as a controller leaves it that is killed: running, no results */
export function leftBehind(resultsDir: string, id: string): string {
  const store = createStudyStore(resultsDir, id);
  fill(store, id);
  store.close();
  return store.dir;
}

function fill(store: StudyStore, id: string): void {
  store.saveMeta(metaOf(id));
  store.savePlan(planOf());
  for (let step = 0; step < STEPS; step++) store.append('node-1', 'run-1', stepRecord(id, step));
}

export function segmentPath(dir: string): string {
  return join(dir, 'samples', 'node-1.run-1.seg');
}

/** changes the bytes of a file */
export function edit(path: string, change: (bytes: Buffer) => Uint8Array): void {
  writeFileSync(path, change(readFileSync(path)));
}
