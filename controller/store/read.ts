/** A stored study → what the analysis reads. */

import { type MeasurementRecord, u32Column, u64Column } from '#proto';
import type { Batch, Histogram, KernelTimes, StudyRecord, TraceBatch } from '../analysis/record.ts';
import { blockingRows, lossRows, parityRows } from './count-rows.ts';
import { isEnded, readMeta, type StudyMeta } from './meta.ts';
import { observationRows } from './observations.ts';
import { type NodeRecord, scanRecords } from './records.ts';
import { missingSentences } from './stored-segments.ts';

export { readMeta } from './meta.ts';

/** In memory: the columns of the samples once (10 bytes a sample), and one frame.
 * @throws BenchError usage when the folder holds no study */
export function readStudy(dir: string): StudyRecord {
  const meta = readMeta(dir);
  const { batches, records, warnings } = readRecords(dir, meta);
  const notes = records.flatMap(({ record }) => (record.body === 'note' ? [record.note] : []));
  const ends = records.flatMap(({ record }) =>
    record.body === 'end' && record.end.status === 'failed' ? [record.end] : [],
  );
  return {
    ...recordFrame(meta),
    batches,
    histograms: records.flatMap(({ node, record }) => (record.body === 'histogram' ? [histogramOf(node, record)] : [])),
    kernelTimes: records.flatMap(({ node, record }) =>
      record.body === 'kernelTime' ? [kernelTimesOf(node, record)] : [],
    ),
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
    status: meta.status === 'planned' || meta.status === 'running' ? 'interrupted' : meta.status,
    suts: suts.map((sut) => sut.id),
    plannedSamples: Object.fromEntries(suts.map((sut) => [sut.id, sut.measured])),
    nodes: nodes.map(({ id, facts }) => ({ id, ...facts })),
    unsuited: meta.unsuited ?? [],
    functions: meta.functions ?? ['read'],
    catalogue: (meta.catalogue ?? []).map((entry) => ({ ...entry, manner: [] })),
    keywordList: meta.keywordList ?? [],
    ...{ batches: [], histograms: [], traces: [], blocking: [], parity: [], loss: [], throttling: [] },
  };
}

function readRecords(
  dir: string,
  meta: StudyMeta,
): { batches: Batch[]; records: NodeRecord[]; warnings: { code: string; detail: string }[] } {
  const batches: Batch[] = [];
  const records: NodeRecord[] = [];
  const warnings: { code: string; detail: string }[] = [];
  const segments = scanRecords(dir, ({ node, record }) => {
    if (record.body === 'samples') batches.push(batchOf(node, ownSamples(record)));
    else records.push({ node, record: record.body === 'traces' ? ownTraces(record) : record });
  });
  for (const { file, tornBytes } of segments) {
    if (tornBytes === 0 || !isEnded(meta.status)) continue;
    warnings.push({
      code: 'torn-segment',
      detail: `${file}: ${tornBytes} bytes at the end are damaged and were left out`,
    });
  }
  for (const { file, sentence } of missingSentences(meta.segments, segments))
    warnings.push({ code: 'missing-records', detail: `${file}: ${sentence}` });
  return { batches, records, warnings };
}

/** the columns as they were read are views of what the next frame is read into */
function ownSamples(record: MeasurementRecord & { body: 'samples' }): MeasurementRecord & { body: 'samples' } {
  const { dtNs, latencyNs, arm, flags } = record.samples;
  const columns = { dtNs: own(dtNs), latencyNs: own(latencyNs), arm: own(arm), flags: own(flags) };
  return { ...record, samples: { ...record.samples, ...columns } };
}

function ownTraces(record: MeasurementRecord & { body: 'traces' }): MeasurementRecord {
  const { atNs, pid, fd, keyword } = record.traces;
  const columns = { atNs: own(atNs), pid: own(pid), fd: own(fd), keyword: own(keyword) };
  return { ...record, traces: { ...record.traces, ...columns } };
}

/** a copy with memory of its own, so aligned that a column of numbers needs no second one */
function own(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
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

function kernelTimesOf(node: string, record: MeasurementRecord & { body: 'kernelTime' }): KernelTimes {
  const { place, mechanism, reads, runTimeNs, runs, besideRunTimeNs, besideRuns, missing } = record.kernelTime;
  const { sut, condition, fork } = place;
  return { node, sut, condition, mechanism, fork, reads, runTimeNs, runs, besideRunTimeNs, besideRuns, missing };
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
