/** What one fork adds up for its end: what was sent, what was lost at each hop, what is worth a line in the report. */

import type { Assignment, Blocking, Note, RecordBody } from '#proto';
import type { TargetCounters } from '../load/types.ts';
import type { AttachedHook } from '../mechanisms/mechanism.ts';
import type { LiveInstance } from './fork.ts';
import { SentTally } from './tally.ts';

interface LossCount {
  received: number;
  lost: number;
}

const NOTHING_BLOCKED = { refused: 0, served: 0, leaked: 0, denied: 0 };

interface CutCount {
  reads: number;
  cut: number;
}

export class ForkLedger {
  /** over all steps of the fork */
  readonly sent = new SentTally();
  readonly #loss = new Map<string, { hop: string; sut: string; mechanism: string } & LossCount>();
  readonly #cut = new Map<string, { sut: string; mechanism: string } & CutCount>();
  readonly #notes = new Map<string, Note>();
  /** by instance id and mechanism */
  readonly #blocking = new Map<string, Blocking>();

  loss(hop: string, sut: string, mechanism: string, count: Readonly<LossCount>): void {
    const key = `${hop} ${sut} ${mechanism}`;
    const sum = this.#loss.get(key) ?? { hop, sut, mechanism, received: 0, lost: 0 };
    sum.received = Math.min(Number.MAX_SAFE_INTEGER, sum.received + count.received);
    sum.lost = Math.min(Number.MAX_SAFE_INTEGER, sum.lost + count.lost);
    this.#loss.set(key, sum);
  }

  /** reads that a mechanism did not scan to their end */
  cut(sut: string, mechanism: string, count: Readonly<CutCount>): void {
    const sum = this.#cut.get(`${sut} ${mechanism}`) ?? { sut, mechanism, reads: 0, cut: 0 };
    sum.reads += count.reads;
    sum.cut += count.cut;
    this.#cut.set(`${sut} ${mechanism}`, sum);
  }

  /** the generator hands over every sample or fails: what it measured has passed this hop */
  load(sut: string, records: readonly RecordBody[]): void {
    for (const record of records) {
      if (record.body !== 'samples' || record.samples.place.vantage === 'interposer') continue;
      this.loss('load', sut, '', { received: record.samples.n, lost: 0 });
    }
  }

  /** Under action block: what became of the requests to the instances with a hook in them, or with the one attached, failed slices included. */
  blocking(
    instances: readonly LiveInstance[],
    counters: readonly TargetCounters[],
    { condition, fork, attached }: Pick<Assignment, 'condition' | 'fork'> & { attached?: string | undefined },
  ): void {
    for (const { instance, sut, hook } of instances) {
      const counted = counters.find(({ target }) => target === instance.id);
      const mechanism = attached ?? (hook === null ? null : instance.mechanism);
      if (mechanism === null || counted === undefined) continue;
      const where = { sut: sut.id, condition, fork, block: 0, step: 0, vantage: sut.vantage };
      const place = { ...where, phase: 'measure', design: instance.design } as const;
      const key = `${instance.id} ${mechanism}`;
      const sum = this.#blocking.get(key) ?? { place, mechanism, ...NOTHING_BLOCKED };
      this.#blocking.set(key, {
        ...sum,
        refused: sum.refused + counted.refused,
        served: sum.served + counted.served,
        leaked: sum.leaked + counted.leaked,
        denied: sum.denied + counted.denied,
      });
    }
  }

  /** how a placed hook works, once it is live */
  placed({ instance, hook }: LiveInstance): void {
    const manner = hook?.manner?.();
    if (manner !== undefined) this.note({ code: 'hook-manner', detail: `${instance.mechanism} ${manner}` });
    if (hook === null || hook.counts() !== null) return;
    const detail = `${instance.mechanism} does not write our ring: parity is not known, and of its cost only the shift at the clocks outside is claimed`;
    this.note({ code: 'hook-scope', detail });
  }

  attached(hook: AttachedHook): void {
    for (const detail of hook.notes) this.note({ code: 'hook-scope', detail });
  }

  note(note: Note): void {
    this.#notes.set(`${note.code} ${note.detail}`, note);
  }

  records(): RecordBody[] {
    for (const { sut, mechanism, reads, cut } of this.#cut.values()) {
      if (cut === 0) continue;
      const share = ((100 * cut) / reads).toFixed(cut === reads ? 0 : 1);
      const detail = `${share} % of the reads of ${sut} were longer than what ${mechanism} scans: bytes behind its window were not looked at`;
      this.note({ code: 'hook-scope', detail });
    }
    return [
      ...[...this.#loss.values()].map((loss): RecordBody => ({ body: 'loss', loss })),
      ...[...this.#blocking.values()].map((blocking): RecordBody => ({ body: 'blocking', blocking })),
      ...[...this.#notes.values()].map((note): RecordBody => ({ body: 'note', note })),
    ];
  }
}
