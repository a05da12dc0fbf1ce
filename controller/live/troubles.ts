/** Losses, missed reads and warnings as they happen. Bounded: the same one is counted, not listed again. */

import type { MeasurementRecord } from '#proto';
import type { LossView, ParityView, TroubleView } from './view.ts';

const MOST_TROUBLES = 200;
/** hops and mechanisms are few; what an agent names beyond that is not listed */
const MOST_ROWS = 64;
/** notes that only say how a hook works */
const NO_TROUBLE = ['hook-manner', 'look'];

export class Troubles {
  readonly #told = new Map<string, TroubleView>();
  readonly #losses = new Map<string, { received: number; lost: number }>();
  readonly #parity = new Map<string, { expected: number; seen: number; ok: boolean }>();
  version = 0;

  tell(code: string, detail: string, nowMs: number): void {
    if (NO_TROUBLE.includes(code)) return;
    const key = `${code} ${detail}`;
    const times = (this.#told.get(key)?.times ?? 0) + 1;
    this.#told.delete(key);
    this.#told.set(key, { atMs: nowMs, code, detail: detail.slice(0, 1000), times });
    const [oldest] = this.#told.keys();
    if (this.#told.size > MOST_TROUBLES && oldest !== undefined) this.#told.delete(oldest);
    this.version += 1;
  }

  record(node: string, record: MeasurementRecord, nowMs: number): void {
    if (record.body === 'loss') this.#loss(node, record.loss, nowMs);
    else if (record.body === 'parity') this.#parityOf(node, record.parity, nowMs);
    else if (record.body === 'note') this.tell(record.note.code, record.note.detail, nowMs);
    else if (record.body === 'end' && record.end.status === 'failed')
      this.tell(record.end.code, `${node}: ${record.end.message}`, nowMs);
  }

  /** newest first */
  views(): TroubleView[] {
    return [...this.#told.values()].reverse();
  }

  losses(): LossView[] {
    return [...this.#losses].map(([hop, counts]) => ({ hop, ...counts }));
  }

  parity(): ParityView[] {
    return [...this.#parity].map(([mechanism, counts]) => ({ mechanism, ...counts }));
  }

  #loss(node: string, { hop, sut, mechanism, received, lost }: LossRecord, nowMs: number): void {
    const sum = this.#losses.get(hop);
    if (sum !== undefined) {
      sum.received += received;
      sum.lost += lost;
    } else if (this.#losses.size < MOST_ROWS) this.#losses.set(hop, { received, lost });
    this.version += 1;
    const of = [sut, mechanism].filter((word) => word !== '').join(', ');
    if (lost > 0) this.tell('lost-samples', `${node}: ${lost} lost at ${hop}${of === '' ? '' : ` (${of})`}`, nowMs);
  }

  #parityOf(node: string, parity: ParityRecord, nowMs: number): void {
    const { mechanism, place, expectedReads, seenReads } = parity;
    const isOk = agrees(parity);
    const sum = this.#parity.get(mechanism);
    if (sum !== undefined) {
      sum.expected += expectedReads;
      sum.seen += seenReads;
      sum.ok &&= isOk;
    } else if (this.#parity.size < MOST_ROWS)
      this.#parity.set(mechanism, { expected: expectedReads, seen: seenReads, ok: isOk });
    this.version += 1;
    if (isOk) return;
    const hits = `${parity.seenHits} of ${parity.expectedHits} keywords`;
    const detail = `${node}: ${mechanism} on ${place.sut} saw ${seenReads} of ${expectedReads} reads and ${hits}`;
    this.tell('parity-miss', detail, nowMs);
  }
}

type LossRecord = (MeasurementRecord & { body: 'loss' })['loss'];
type ParityRecord = (MeasurementRecord & { body: 'parity' })['parity'];

/** by the rule of the stored study (store/count-rows.ts): an application may read a request in two, bytes and hits must be equal */
function agrees(p: ParityRecord): boolean {
  const isExact = p.source === 'kernel' || (p.expectedBytes === 0 && p.seenBytes === 0);
  const isEnough = isExact ? p.seenReads === p.expectedReads : p.seenReads >= p.expectedReads;
  return isEnough && p.seenBytes === p.expectedBytes && p.seenHits === p.expectedHits;
}
