/** One stage of bench:store in a process of its own. Prints what it took as JSON. */

import { appendFileSync, closeSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from '#proto';
import { exportSamples } from '../../../controller/export/samples.ts';
import { createStudyStore } from '../../../controller/store/disk.ts';
import { checkStudy } from '../../../controller/store/fsck/check.ts';
import { readMeta } from '../../../controller/store/meta.ts';
import { readStudy } from '../../../controller/store/read.ts';
import { openResults } from '../../../controller/store/results-folder.ts';
import { metaOf, planOf, segmentPath, stepRecord } from '../../helpers/stored-study.ts';

export type Stage = 'write' | 'crash' | 'plain' | 'recover' | 'read' | 'fsck' | 'parquet';

export interface StageResult {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** of the segment, or of the file written */
  readonly bytes: number;
  /** the most that was resident, over what it was before the work */
  readonly memoryBytes: number;
}

const ID = 'bench';
const PER_RECORD = 10_000;
const SYNC_EVERY_MS = 100;
const TORN_BYTES = 54_321;

const [stage = '', results = '', samples = '0'] = process.argv.slice(2);
const dir = join(results, ID);
const path = segmentPath(dir);

const WORK: Readonly<Record<Stage, () => unknown>> = { write, crash, plain, recover, read, fsck, parquet };

const beforeBytes = process.memoryUsage().rss;
const beforeCpu = process.cpuUsage();
const from = performance.now();
const written = await WORK[stage as Stage]();
const { user, system } = process.cpuUsage(beforeCpu);
const result: StageResult = {
  wallMs: performance.now() - from,
  cpuMs: (user + system) / 1000,
  bytes: typeof written === 'number' ? written : statSync(path).size,
  memoryBytes: process.resourceUsage().maxRSS * 1024 - beforeBytes,
};
process.stdout.write(JSON.stringify(result));

async function write(): Promise<void> {
  const store = createStudyStore(results, ID);
  const records = Number(samples) / PER_RECORD;
  store.saveMeta(metaOf(ID, { status: 'running' }));
  store.savePlan(planOf(records, PER_RECORD));
  const encoded = stepRecord(ID, 0, PER_RECORD);
  let syncedMs = performance.now();
  for (let step = 0; step < records; step++) {
    if (encoded.body !== 'samples') return;
    const record = { ...encoded, sequence: step + 1 };
    record.samples.place = { ...record.samples.place, step, block: step };
    store.append('node-1', 'run-1', record, encode('Record', record));
    if (performance.now() - syncedMs < SYNC_EVERY_MS) continue;
    await store.sync();
    syncedMs = performance.now();
  }
  store.close();
}

/** what a killed controller leaves: a study that is running, with half a frame at its end */
function crash(): void {
  writeFileSync(join(dir, 'study.json'), JSON.stringify(metaOf(ID, { status: 'running' })));
  appendFileSync(path, readFileSync(path).subarray(8, 8 + TORN_BYTES));
}

/** the bytes and nothing else, through a window as large as the store's */
function plain(): void {
  const fd = openSync(path, 'r');
  const window = Buffer.allocUnsafe(1024 * 1024);
  while (readSync(fd, window, 0, window.length, null) > 0);
  closeSync(fd);
}

function recover(): void {
  const folder = openResults(results, { exclusive: true, say: () => undefined });
  const [found] = folder.recovered;
  folder.close();
  const kept = found?.runs[0]?.samples;
  if (found?.cuts[0]?.bytes !== TORN_BYTES || kept !== Number(samples)) throw new Error(`recovered ${kept} samples`);
  if (readMeta(dir).status !== 'interrupted') throw new Error('not interrupted');
}

function read(): void {
  const { batches } = readStudy(dir);
  const n = batches.reduce((sum, { latencyNs }) => sum + latencyNs.length, 0);
  if (n !== Number(samples)) throw new Error(`read ${n} samples`);
}

function fsck(): void {
  const { samples: found, findings } = checkStudy(dir);
  const unexpected = findings.filter(({ code }) => code !== 'results-missing' && code !== 'quarantined');
  if (found !== Number(samples) || unexpected.length > 0) throw new Error(JSON.stringify(unexpected[0]));
}

async function parquet(): Promise<number> {
  const { rows, bytes } = await exportSamples(dir, { format: 'parquet', file: join(results, 'samples.parquet') });
  if (rows !== Number(samples)) throw new Error(`exported ${rows} samples`);
  return bytes;
}
