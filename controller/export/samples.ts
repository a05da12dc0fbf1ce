/** Every stored sample into one Parquet or CSV file, through DuckDB, which is loaded for this alone. */

import { closeSync, fsyncSync, mkdtempSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { BenchError } from '#proto';
import { type Column, columnsOf, quoted, stagedOf } from './columns.ts';
import { type Appending, appending, tableSql } from './duckdb.ts';
import { type SampleSource, sampleSource } from './source.ts';

export interface ExportOptions {
  readonly format: 'parquet' | 'csv';
  /** written beside and renamed: it is whole or not there */
  readonly file: string;
}

export interface Exported {
  readonly rows: number;
  readonly bytes: number;
  /** of damaged segments, left out */
  readonly tornBytes: number;
}

/** Rows stand in the order in which the samples are stored. Memory: DuckDB's 256 MB and one batch; on disk for a while a file beside the
 * output, about as large as the study.
 * @param dir folder of a study or an import
 * @throws BenchError usage when it holds none or the file can't be written; unsupported where DuckDB does not load */
export async function exportSamples(dir: string, o: ExportOptions): Promise<Exported> {
  const source = sampleSource(dir);
  const { DuckDBInstance } = await loadDuckdb();
  const target = resolve(o.file);
  const work = workFolder(target);
  try {
    const instance = await DuckDBInstance.create(join(work, 'samples.duckdb'), { memory_limit: '256MB', threads: '2' });
    try {
      const connection = await instance.connect();
      const filled = await fill(connection, source);
      const beside = join(work, 'out');
      await connection.run(copySql(o.format, columnsOf(source), beside));
      connection.closeSync();
      replace(beside, target);
      return { ...filled, bytes: statSync(target).size };
    } finally {
      instance.closeSync();
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function fill(connection: DuckDBConnection, source: SampleSource): Promise<{ rows: number; tornBytes: number }> {
  const columns = stagedOf(source);
  for (const sql of tableSql(columns)) await connection.run(sql);
  const table: Appending = await appending(connection, columns, source.arms.length);
  const tornBytes = source.each((batch) => table.append(batch));
  return { rows: table.end(), tornBytes };
}

function copySql(format: ExportOptions['format'], columns: readonly Column[], path: string): string {
  const how = format === 'parquet' ? 'FORMAT parquet, COMPRESSION zstd' : 'FORMAT csv, HEADER';
  const select = columns.map(({ name, sql }) => (sql === name ? name : `${sql} AS ${name}`)).join(', ');
  return `COPY (SELECT ${select} FROM staged) TO ${quoted(path)} (${how})`;
}

function replace(beside: string, target: string): void {
  const fd = openSync(beside, 'r');
  try {
    fsyncSync(fd);
    renameSync(beside, target);
  } finally {
    closeSync(fd);
  }
}

function workFolder(target: string): string {
  try {
    return mkdtempSync(join(dirname(target), '.hookbench-export-'));
  } catch (cause) {
    throw new BenchError('usage', `${target} can't be written: ${(cause as Error).message}`, {
      nextStep: 'name a file in a folder that is there and can be written: -o FILE',
      cause,
    });
  }
}

async function loadDuckdb(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw new BenchError('unsupported', `DuckDB does not load: ${(cause as Error).message}`, {
      nextStep: 'install it: npm install @duckdb/node-api',
      cause,
    });
  }
}
