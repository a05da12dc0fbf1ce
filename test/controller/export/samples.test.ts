// Samples into Parquet and CSV, read back by DuckDB's own SQL, and compared with the study sample by sample.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Batch } from '../../../controller/analysis/record.ts';
import { columnsOf } from '../../../controller/export/columns.ts';
import { exportSamples } from '../../../controller/export/samples.ts';
import { sampleSource } from '../../../controller/export/source.ts';
import { createStudyStore } from '../../../controller/store/disk.ts';
import { readStudy } from '../../../controller/store/read.ts';
import { runCli } from '../../helpers/cli.ts';
import { metaOf, newResultsDir, stepRecord, storedStudy } from '../../helpers/stored-study.ts';

const out = newResultsDir();

type Row = Record<string, unknown>;

async function query(sql: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowObjects() as Row[];
  connection.closeSync();
  instance.closeSync();
  return rows;
}

const MECHANISMS = ['none', 'none', 'ld-preload'];

function rowsOf(id: string, b: Batch): Row[] {
  const { node, sut, condition, fork, block, step, phase, design, vantage } = b;
  return Array.from(b.latencyNs, (latencyNs, i) => ({
    ...{ study: id, node, sut, condition, mechanism: MECHANISMS[b.arm[i] as number], arm: b.arm[i] },
    ...{
      fork,
      block,
      step,
      phase,
      design,
      vantage,
      start_ns: b.t0Ns + BigInt(b.dtNs[i] as number),
      latency_ns: latencyNs,
    },
    ...{ keyword: ((b.flags[i] as number) & 1) !== 0, settle: ((b.flags[i] as number) & 2) !== 0 },
  }));
}

/** past one vector of DuckDB's and not a multiple of it; every flag; a start past 2^53 and the largest latency */
function largeStudy(): { dir: string; rows: Row[] } {
  const store = createStudyStore(out, 'large');
  store.saveMeta(metaOf('large', { status: 'complete', finishedAt: '2026-11-23T00:01:00.000Z' }));
  for (const [step, n] of [5000, 1, 2048, 4096, 7].entries()) {
    const record = stepRecord('large', step, n);
    if (record.body !== 'samples') throw new Error('no samples');
    record.samples.flags.forEach((_, i) => {
      record.samples.flags[i] = (i * 7 + step) % 4;
    });
    if (n === 1) record.samples.latencyNs.fill(255);
    store.append('node-1', 'run-1', record);
  }
  store.close();
  return { dir: store.dir, rows: readStudy(store.dir).batches.flatMap((batch) => rowsOf('large', batch)) };
}

const test = suite('export of samples');

test('Parquet and CSV hold every sample, in order, with its types', async () => {
  const { dir, rows } = largeStudy();
  const before = readdirSync(out);
  for (const format of ['parquet', 'csv'] as const) {
    const file = join(out, `large with a 'quote'.${format}`);
    const done = await exportSamples(dir, { format, file });
    assert.equal([done.rows, done.tornBytes, done.bytes], [rows.length, 0, readFileSync(file).length]);
    const read = format === 'parquet' ? 'read_parquet' : 'read_csv';
    const types = columnsOf(sampleSource(dir)).map(
      ({ name, type }) => `'${name}': '${type === 'enum' ? 'VARCHAR' : type}'`,
    );
    const how = format === 'parquet' ? '' : `, columns = {${types.join(', ')}}`;
    const found = await query(`SELECT * FROM ${read}('${file.replaceAll("'", "''")}'${how})`);
    assert.is(found.length, rows.length);
    for (const [i, row] of found.entries()) assert.equal(row, rows[i], `row ${i} of ${format}`);
  }
  assert.equal(readdirSync(out).filter((name) => !before.includes(name)).length, 2, 'nothing else is left behind');
});

test('Parquet keeps the types of the dictionary, and the dictionary is that of the code', async () => {
  const file = join(out, 'typed.parquet');
  const dir = storedStudy(out, 'typed');
  await exportSamples(dir, { format: 'parquet', file });
  const described = await query(`DESCRIBE SELECT * FROM '${file}'`);
  const columns = columnsOf(sampleSource(dir));
  assert.equal(
    described.map((row) => [row.column_name, row.column_type]),
    columns.map(({ name, type }) => [name, type === 'enum' ? 'VARCHAR' : type]),
  );
  const text = readFileSync(new URL('../../../controller/export/README.md', import.meta.url), 'utf8');
  const documented = [...text.matchAll(/^\| `(\w+)` +\| (\w+) +\| (.*?) *\|$/gm)].map(([, ...cells]) => cells);
  assert.equal(
    documented,
    columns.map(({ name, type, meaning }) => [name, type === 'enum' ? 'string' : type, meaning]),
  );
});

test('an import keeps fractions of a ns', async () => {
  const csv = join(out, 'locust.csv');
  const rows = Array.from({ length: 60 }, (_, i) => `${1_600_000_000 + i / 100},${0.1 + i / 1000}`);
  writeFileSync(csv, `start_time,response_time\n${rows.join('\n')}\n`);
  const dir = join(out, 'imported');
  const args = ['analyze', '--baseline', csv, '--treated', csv, '--warmup', '0', '--out', dir];
  assert.is((await runCli(args)).exitCode, 0);
  const file = join(out, 'imported.parquet');
  await exportSamples(dir, { format: 'parquet', file });
  const found = await query(`SELECT latency_ns, arm FROM '${file}' ORDER BY arm, start_ns`);
  assert.is(found.length, 120);
  assert.ok(found.every(({ latency_ns }, i) => Math.abs(Number(latency_ns) - (100_000 + (i % 60) * 1000)) < 1e-6));
});

test('the command writes the file, and refuses a terminal', async () => {
  const dir = storedStudy(out, 'told');
  const file = join(out, 'told.parquet');
  const written = await runCli(['report', dir, '--format', 'parquet', '-o', file]);
  assert.equal([written.exitCode, written.stdout], [0, '']);
  assert.match(written.stderr, `200 samples in ${file}`);
  const refused = await runCli(['report', dir, '--format', 'samples']);
  assert.is(refused.exitCode, 2);
  assert.match(refused.stderr, '-o samples.csv');
  const nowhere = await runCli(['report', dir, '--format', 'samples', '-o', join(out, 'no', 'x.csv')]);
  assert.is(nowhere.exitCode, 2);
  assert.not(existsSync(join(out, 'no')));
});

test('DuckDB is loaded by an export and by nothing before it', async () => {
  const dir = storedStudy(out, 'lazy');
  const module = (path: string) =>
    JSON.stringify(fileURLToPath(new URL(`../../../controller/${path}`, import.meta.url)));
  const code = `import { readFileSync } from 'node:fs';
    const isLoaded = () => readFileSync('/proc/self/maps', 'utf8').includes('duckdb');
    for (const path of [${['cli/report.ts', 'cli/fsck.ts', 'cli/studies.ts', 'study/study.ts'].map(module)}]) await import(path);
    const { exportSamples } = await import(${module('export/samples.ts')});
    const before = isLoaded();
    await exportSamples(${JSON.stringify(dir)}, { format: 'csv', file: ${JSON.stringify(join(out, 'lazy.csv'))} });
    console.log(before, isLoaded());`;
  const { stdout } = await execa(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code]);
  assert.is(stdout, 'false true');
});

test('samples of an arm that the study does not have are refused, not given another name', async () => {
  const store = createStudyStore(out, 'armless');
  store.saveMeta(metaOf('armless', { status: 'complete', finishedAt: '2026-11-23T00:01:00.000Z', arms: [] }));
  store.append('node-1', 'run-1', stepRecord('armless', 0));
  store.close();
  const file = join(out, 'armless.parquet');
  try {
    await exportSamples(store.dir, { format: 'parquet', file });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /arm 0, which study\.json does not have/);
  }
  assert.not(existsSync(file));
});

test.run();
