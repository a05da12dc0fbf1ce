/** Adds up, per instance, what the load generator says it sent: what a hook there must have seen. */

import type { Parity, Place } from '#proto';
import type { TargetCounters } from '../load/types.ts';
import type { HookCounts } from '../mechanisms/mechanism.ts';

export const NO_COUNTS: HookCounts = { reads: 0, bytes: 0, hits: 0 };

export class SentTally {
  readonly #sent = new Map<number, HookCounts>();

  /** @param openings what each new connection to a target begins with, which the generator does not count */
  add(counters: readonly TargetCounters[], openings: ReadonlyMap<number, HookCounts>): void {
    for (const c of counters) {
      const opening = openings.get(c.target) ?? NO_COUNTS;
      const sent = {
        reads: c.requests + c.reconnects * opening.reads,
        bytes: c.bytesSent + c.reconnects * opening.bytes,
        hits: c.hitsSent + c.reconnects * opening.hits,
      };
      this.#sent.set(c.target, plus(this.of(c.target), sent));
    }
  }

  addAll(other: SentTally, targets: readonly number[]): void {
    for (const target of targets) this.#sent.set(target, plus(this.of(target), other.of(target)));
  }

  of(target: number): HookCounts {
    return this.#sent.get(target) ?? NO_COUNTS;
  }
}

export function plus(a: HookCounts, b: HookCounts): HookCounts {
  return { reads: a.reads + b.reads, bytes: a.bytes + b.bytes, hits: a.hits + b.hits };
}

export function minus(a: HookCounts, b: HookCounts): HookCounts {
  return { reads: a.reads - b.reads, bytes: a.bytes - b.bytes, hits: a.hits - b.hits };
}

/** of a hook that counts requests */
export function withoutBytes(counts: HookCounts): HookCounts {
  return { ...counts, bytes: 0 };
}

export function parity(
  place: Place,
  o: { mechanism: string; source: 'load' | 'kernel'; expected: HookCounts; seen: HookCounts },
): Parity {
  return {
    place,
    mechanism: o.mechanism,
    source: o.source,
    expectedReads: count(o.expected.reads),
    seenReads: count(o.seen.reads),
    expectedBytes: count(o.expected.bytes),
    seenBytes: count(o.seen.bytes),
    expectedHits: count(o.expected.hits),
    seenHits: count(o.seen.hits),
  };
}

/** A hooked process can write anything into its counters: what leaves here is a count all the same. */
function count(value: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, value));
}
