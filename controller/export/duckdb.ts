/** Batches of samples → rows of a DuckDB table, a vector at a time. */

import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { BenchError } from '#proto';
import { quoted, type Staged } from './columns.ts';
import type { SourceBatch } from './source.ts';

/** DuckDB's own */
const VECTOR_ROWS = 2048;
/** what is appended goes to disk in pieces of so many rows */
const FLUSH_ROWS = 1 << 20;

export interface Appending {
  append(batch: SourceBatch): void;
  /** @returns rows appended */
  end(): number;
}

/** the types of the words, then the table */
export function tableSql(columns: readonly Staged[]): string[] {
  const types = columns.flatMap(({ name, values }) =>
    values === undefined ? [] : [`CREATE TYPE ${name}_type AS ENUM (${values.map(quoted).join(', ')})`],
  );
  const fields = columns.map(({ name, type }) => `"${name}" ${type === 'enum' ? `${name}_type` : type} NOT NULL`);
  return [...types, `CREATE TABLE staged (${fields.join(', ')})`];
}

/** @param arms of the study: a sample of another one is refused */
export async function appending(
  connection: DuckDBConnection,
  columns: readonly Staged[],
  arms: number,
): Promise<Appending> {
  const { DuckDBDataChunk } = await import('@duckdb/node-api');
  const appender = await connection.createAppender('staged');
  const types: DuckDBType[] = columns.map((_, i) => appender.columnType(i));
  const full = DuckDBDataChunk.create(types, VECTOR_ROWS);
  const rest = DuckDBDataChunk.create(types);
  let rows = 0;
  let unflushed = 0;
  const append = (batch: SourceBatch) => {
    const n = batch.latencyNs.length;
    checkWords(columns, batch);
    checkArms(batch, arms);
    for (let from = 0; from < n; from += VECTOR_ROWS) {
      const size = Math.min(VECTOR_ROWS, n - from);
      const chunk = size === VECTOR_ROWS ? full : rest;
      if (chunk === rest) chunk.rowCount = size;
      // what is the same for the whole batch stays in the full chunk as long as the batch does
      fillChunk(chunk, columns, { batch, from, size, isFirst: chunk === rest || from === 0 });
      appender.appendDataChunk(chunk);
    }
    rows += n;
    unflushed += n;
    if (unflushed < FLUSH_ROWS) return;
    appender.flushSync();
    unflushed = 0;
  };
  const end = () => {
    appender.closeSync();
    return rows;
  };
  return { append, end };
}

function fillChunk(
  chunk: DuckDBDataChunk,
  columns: readonly Staged[],
  { batch, from, size, isFirst }: { batch: SourceBatch; from: number; size: number; isFirst: boolean },
): void {
  columns.forEach(({ ofBatch, ofSamples }, index) => {
    if (ofSamples !== undefined) chunk.setColumnValues(index, Array.from(ofSamples(batch).subarray(from, from + size)));
    else if (isFirst) chunk.setColumnValues(index, new Array<DuckDBValue>(size).fill(ofBatch?.(batch) ?? null));
  });
}

function checkWords(columns: readonly Staged[], batch: SourceBatch): void {
  for (const { name, values, ofBatch } of columns) {
    if (values === undefined || ofBatch === undefined || values.includes(String(ofBatch(batch)))) continue;
    throw new BenchError('usage', `samples of ${name} ${String(ofBatch(batch))}, which study.json does not have`, {
      nextStep: 'hookbench fsck DIR',
    });
  }
}

function checkArms({ arm }: SourceBatch, arms: number): void {
  const unknown = arm.find((index) => index >= arms);
  if (unknown === undefined) return;
  throw new BenchError('usage', `samples of arm ${unknown}, which study.json does not have`, {
    nextStep: 'hookbench fsck DIR',
  });
}
