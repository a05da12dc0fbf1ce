/** Parity and loss records, added up over the forks and blocks of a study. */

import type { Loss, MeasurementRecord, Parity } from '#proto';
import type { BlockingRow, LossRow, ParityRow } from '../analysis/results.ts';

interface NodeRecord {
  readonly node: string;
  readonly record: MeasurementRecord;
}

export function parityRows(records: readonly NodeRecord[]): ParityRow[] {
  const sums = new Map<string, { node: string; sum: Parity; ok: boolean }>();
  for (const { node, record } of records) {
    if (record.body !== 'parity') continue;
    const { parity } = record;
    const key = [node, parity.place.sut, parity.place.condition, parity.mechanism, parity.source].join(' ');
    const before = sums.get(key);
    const sum = before === undefined ? parity : added(before.sum, parity);
    sums.set(key, { node, sum, ok: agrees(parity) && (before?.ok ?? true) });
  }
  return [...sums.values()].map(({ node, sum, ok }) => parityRow(node, sum, ok));
}

/** Judged record by record: what one stretch saw too much does not make good what another missed. A layer may need several reads for one
 * request, so the load generator's count is a lower bound of reads; bytes and hits must be equal. Two layers that watched the same process must have counted the very same reads.
 * No bytes on either side: requests were counted, each of them once. */
function agrees(p: Parity): boolean {
  const isExact = p.source === 'kernel' || (p.expectedBytes === 0 && p.seenBytes === 0);
  const readsOk = isExact ? p.seenReads === p.expectedReads : p.seenReads >= p.expectedReads;
  return readsOk && p.seenBytes === p.expectedBytes && p.seenHits === p.expectedHits;
}

function parityRow(node: string, p: Parity, ok: boolean): ParityRow {
  return {
    sut: p.place.sut,
    condition: p.place.condition,
    node,
    mechanism: p.mechanism,
    source: p.source === 'kernel' ? 'kernel' : 'load',
    expectedReads: p.expectedReads,
    seenReads: p.seenReads,
    expectedBytes: p.expectedBytes,
    seenBytes: p.seenBytes,
    expectedHits: p.expectedHits,
    seenHits: p.seenHits,
    ratio: ratioOf(p),
    ok,
  };
}

/** of bytes; of requests where no bytes are counted */
function ratioOf({ expectedReads, seenReads, expectedBytes, seenBytes }: Parity): number {
  if (expectedBytes > 0) return seenBytes / expectedBytes;
  return expectedReads > 0 ? seenReads / expectedReads : 1;
}

function added(a: Parity, b: Parity): Parity {
  return {
    ...a,
    expectedReads: a.expectedReads + b.expectedReads,
    seenReads: a.seenReads + b.seenReads,
    expectedBytes: a.expectedBytes + b.expectedBytes,
    seenBytes: a.seenBytes + b.seenBytes,
    expectedHits: a.expectedHits + b.expectedHits,
    seenHits: a.seenHits + b.seenHits,
  };
}

export function lossRows(records: readonly NodeRecord[]): LossRow[] {
  const sums = new Map<string, LossRow>();
  for (const { node, record } of records) {
    if (record.body !== 'loss') continue;
    const { hop, sut, mechanism, received, lost } = record.loss;
    const key = [node, hop, sut, mechanism].join(' ');
    const before = sums.get(key);
    sums.set(key, {
      hop: hop as LossRow['hop'],
      sut,
      node,
      mechanism,
      received: (before?.received ?? 0) + received,
      lost: (before?.lost ?? 0) + lost,
    });
  }
  return [...sums.values()];
}

/** added up over the forks */
export function blockingRows(records: readonly NodeRecord[]): BlockingRow[] {
  const sums = new Map<string, BlockingRow>();
  for (const { node, record } of records) {
    if (record.body !== 'blocking') continue;
    const { place, mechanism, refused, served, leaked, denied } = record.blocking;
    const { sut, condition } = place;
    const key = [node, sut, condition, mechanism].join(' ');
    const before = sums.get(key);
    const sum = {
      refused: refused + (before?.refused ?? 0),
      served: served + (before?.served ?? 0),
      leaked: leaked + (before?.leaked ?? 0),
      denied: denied + (before?.denied ?? 0),
    };
    sums.set(key, { sut, condition, node, mechanism, ...sum, ok: sum.leaked === 0 && sum.denied === 0 });
  }
  return [...sums.values()];
}

/** for a hop that only the receiving end can see */
export function streamLoss(received: number, lost: number): Loss {
  return { hop: 'stream', sut: '', mechanism: '', received, lost };
}
