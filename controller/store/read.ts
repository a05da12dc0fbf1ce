/** A stored study → what the analysis reads. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError, decode, type MeasurementRecord, u32Column, u64Column } from '#proto';
import type { Batch, Histogram, StudyRecord, TraceBatch } from '../analysis/record.ts';
import { blockingRows, lossRows, parityRows } from './count-rows.ts';
import { META_SCHEMA, type StudyMeta } from './meta.ts';
import { observationRows } from './observations.ts';
import { readSegment } from './segment.ts';

interface NodeRecord {
  readonly node: string;
  readonly record: MeasurementRecord;
}

/** @throws BenchError usage when the folder holds no study */
export function readStudy(dir: string): StudyRecord {
  const meta = readMeta(dir);
  const { records, warnings } = readRecords(dir, meta);
  const notes = records.flatMap(({ record }) => (record.body === 'note' ? [record.note] : []));
  const ends = records.flatMap(({ record }) =>
    record.body === 'end' && record.end.status === 'failed' ? [record.end] : [],
  );
  return {
    ...recordFrame(meta),
    batches: records.flatMap(({ node, record }) => (record.body === 'samples' ? [batchOf(node, record)] : [])),
    histograms: records.flatMap(({ node, record }) => (record.body === 'histogram' ? [histogramOf(node, record)] : [])),
    catalogue: (meta.catalogue ?? []).map((entry) => ({ ...entry, manner: mannersOf(entry.id, notes) })),
    traces: records.flatMap(({ node, record }) => (record.body === 'traces' ? [tracesOf(node, record)] : [])),
    blocking: blockingRows(records),
    parity: parityRows(records),
    loss: lossRows(records),
    observations: observationRows(records),
    throttling: notes.filter((note) => note.code === 'throttled').map((note) => note.detail),
    warnings: distinct([
      ...meta.warnings,
      ...notes.filter((note) => note.code !== 'throttled' && note.code !== 'hook-manner'),
      ...ends.map((end) => ({ code: end.code, detail: end.message })),
      ...warnings,
    ]),
  };
}

/** what is known of a study before its samples are read */
export function recordFrame(meta: StudyMeta): StudyRecord {
  const { nodes, suts, ...same } = meta;
  return {
    ...same,
    finishedAt: meta.finishedAt ?? meta.startedAt,
    status: meta.status === 'running' ? 'interrupted' : meta.status,
    suts: suts.map((sut) => sut.id),
    plannedSamples: Object.fromEntries(suts.map((sut) => [sut.id, sut.measured])),
    nodes: nodes.map(({ id, facts }) => ({ id, ...facts })),
    functions: meta.functions ?? ['read'],
    catalogue: (meta.catalogue ?? []).map((entry) => ({ ...entry, manner: [] })),
    keywordList: meta.keywordList ?? [],
    ...{ batches: [], histograms: [], traces: [], blocking: [], parity: [], loss: [], throttling: [] },
  };
}

export function readMeta(dir: string): StudyMeta {
  const path = join(dir, 'study.json');
  if (!existsSync(path)) {
    throw new BenchError('usage', `${dir} holds no study (no study.json)`, {
      nextStep: 'name the folder that hookbench run wrote, e.g. results/<study-id>',
    });
  }
  const meta = parsed(path) as StudyMeta | null;
  if (meta?.schema !== META_SCHEMA)
    throw new BenchError('usage', `${path} has schema ${String(meta?.schema)}; this version reads ${META_SCHEMA}`);
  return meta;
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new BenchError('usage', `${path} can't be read: ${(cause as Error).message}`, { cause });
  }
}

function readRecords(
  dir: string,
  meta: StudyMeta,
): { records: NodeRecord[]; warnings: { code: string; detail: string }[] } {
  const records: NodeRecord[] = [];
  const warnings: { code: string; detail: string }[] = [];
  const folder = join(dir, 'samples');
  if (!existsSync(folder)) throw new BenchError('usage', `${dir} holds no samples folder`);
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.seg'))
    .sort()) {
    const { payloads, tornBytes } = readSegment(join(folder, file));
    if (tornBytes > 0 && meta.status !== 'running') {
      warnings.push({
        code: 'torn-segment',
        detail: `${file}: ${tornBytes} bytes at the end are damaged and were left out`,
      });
    }
    for (const payload of payloads) {
      const record = decode('Record', payload);
      records.push({ node: record.assignmentId.split('/')[1] ?? '', record });
    }
  }
  return { records, warnings };
}

/** one record of samples as the analysis wants it */
export function batchOf(node: string, record: MeasurementRecord & { body: 'samples' }): Batch {
  const { place, t0Ns, arm, flags, dtNs, latencyNs } = record.samples;
  const { sut, condition, fork, block, step } = place;
  return {
    node,
    sut,
    condition,
    fork,
    block,
    step,
    vantage: place.vantage as Batch['vantage'],
    design: place.design as Batch['design'],
    phase: place.phase as Batch['phase'],
    t0Ns,
    dtNs: u32Column(dtNs),
    latencyNs: u32Column(latencyNs),
    arm,
    flags,
  };
}

function histogramOf(node: string, record: MeasurementRecord & { body: 'histogram' }): Histogram {
  const { place, mechanism, lowNs, highNs, counts } = record.histogram;
  const { sut, fork, block } = place;
  return {
    node,
    sut,
    mechanism,
    fork,
    block,
    vantage: place.vantage as Histogram['vantage'],
    phase: place.phase as Histogram['phase'],
    lowNs,
    highNs,
    counts,
  };
}

function tracesOf(node: string, record: MeasurementRecord & { body: 'traces' }): TraceBatch {
  const { place, mechanism, atNs, pid, fd, keyword, dropped } = record.traces;
  const { sut, condition, fork, block, step } = place;
  return {
    ...{ node, sut, condition, mechanism, fork, block, step, dropped },
    design: place.design as TraceBatch['design'],
    phase: place.phase as TraceBatch['phase'],
    atNs: u64Column(atNs),
    pid: u32Column(pid),
    fd: u32Column(fd),
    keyword: u32Column(keyword),
  };
}

/** notes of how a mechanism worked begin with its id */
function mannersOf(id: string, notes: readonly { code: string; detail: string }[]): string[] {
  const own = notes.filter((note) => note.code === 'hook-manner' && note.detail.startsWith(`${id} `));
  return [...new Set(own.map((note) => note.detail.slice(id.length + 1)))];
}

function distinct<T extends { code: string; detail: string }>(notes: readonly T[]): { code: string; detail: string }[] {
  const seen = new Map(notes.map((note) => [`${note.code} ${note.detail}`, { code: note.code, detail: note.detail }]));
  return [...seen.values()];
}
