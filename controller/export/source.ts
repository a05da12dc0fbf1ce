/** The samples of a stored study or an import, batch by batch. */

import type { Batch } from '../analysis/record.ts';
import { isImport, readImport } from '../import/store.ts';
import { readMeta } from '../store/meta.ts';
import { batchOf } from '../store/read.ts';
import { scanRecords } from '../store/records.ts';

/** its columns are good until the next batch */
export type SourceBatch = Batch;

export interface SampleSource {
  readonly study: string;
  readonly nodes: readonly string[];
  readonly suts: readonly string[];
  readonly conditions: readonly string[];
  /** by the index of the arm */
  readonly arms: readonly { readonly mechanism: string }[];
  /** latencies are whole ns below 2^32 */
  readonly isWhole: boolean;
  /** in the order they are stored; @returns bytes that could not be read */
  each(onBatch: (batch: SourceBatch) => void): number;
}

/** @throws BenchError usage when the folder holds no study */
export function sampleSource(dir: string): SampleSource {
  return isImport(dir) ? imported(dir) : stored(dir);
}

function stored(dir: string): SampleSource {
  const meta = readMeta(dir);
  return {
    study: meta.id,
    nodes: meta.nodes.map(({ id }) => id),
    suts: meta.suts.map(({ id }) => id),
    conditions: meta.conditions,
    arms: byIndex(meta.arms),
    isWhole: true,
    each: (onBatch) => {
      const segments = scanRecords(dir, ({ node, record }) => {
        if (record.body === 'samples') onBatch(batchOf(node, record));
      });
      return segments.reduce((sum, { tornBytes }) => sum + tornBytes, 0);
    },
  };
}

function imported(dir: string): SampleSource {
  const { id, nodes, suts, conditions, arms, batches } = readImport(dir);
  return {
    ...{ study: id, nodes: [...new Set([...nodes.map((node) => node.id), ...batches.map(({ node }) => node)])], suts },
    ...{ conditions, arms: byIndex(arms), isWhole: false },
    each: (onBatch) => {
      for (const batch of batches) onBatch(batch);
      return 0;
    },
  };
}

function byIndex<T extends { readonly index: number; readonly mechanism: string }>(arms: readonly T[]): T[] {
  return [...arms].sort((a, b) => a.index - b.index);
}
