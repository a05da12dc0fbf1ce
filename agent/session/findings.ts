/** What an attached hook found → records: latencies, matches, parity, and the census of the library hooks beside it. */

import type { Assignment, Place, RecordBody, Step } from '#proto';
import type { AttachedFindings, AttachedMechanism, HookCounts } from '../mechanisms/mechanism.ts';
import { hookSamples } from './columns.ts';
import type { LiveFork, LiveInstance } from './fork.ts';
import type { ForkLedger } from './ledger.ts';
import { settlingReads } from './slice.ts';
import { minus, parity, type SentTally } from './tally.ts';

/** of a live fork what turning findings into records needs */
type Finder = Pick<LiveFork, 'order' | 'traces' | 'openings'>;

/** @param o.findings one for each target, in the same order; none from a hook that tells nothing */
export function findingRecords(
  fork: Finder,
  step: Step,
  c: { readonly assignment: Assignment; readonly ledger: ForkLedger },
  o: {
    mechanism: Pick<AttachedMechanism, 'id' | 'vantage'>;
    targets: readonly LiveInstance[];
    findings: readonly AttachedFindings[];
    sent: SentTally;
    before: ReadonlyMap<number, HookCounts | null | undefined>;
  },
): RecordBody[] {
  if (o.findings.length === 0) return [];
  return o.targets.flatMap((live, i): RecordBody[] => {
    const found = o.findings[i]!;
    const place: Place = {
      sut: live.sut.id,
      condition: c.assignment.condition,
      fork: c.assignment.fork,
      block: step.block,
      step: step.index,
      phase: live.instance.design === 'sliced' ? step.phase : 'census',
      design: step.design,
      vantage: o.mechanism.vantage,
    };
    c.ledger.loss('bpf', live.sut.id, o.mechanism.id, { received: found.counts.reads, lost: found.lost });
    c.ledger.cut(live.sut.id, o.mechanism.id, { reads: found.counts.reads, cut: found.cut });
    const own = parity(place, {
      mechanism: o.mechanism.id,
      source: 'load',
      expected: o.sent.of(live.instance.id),
      seen: found.counts,
    });
    const traces = traceRecords(fork, place, o.mechanism.id, live, found);
    if (live.instance.design === 'sliced') {
      const latencies = latencyRecords(fork, step, place, { mechanism: o.mechanism.id, live, found });
      return [...latencies, ...traces, { body: 'parity', parity: own }];
    }
    // a request may take more than one of the reads that a kernel counts
    const now = live.hook?.countsRequests ? null : (live.hook?.counts() ?? null);
    const then = o.before.get(live.instance.id) ?? null;
    if (now === null || then === null) return [...traces, { body: 'parity', parity: own }];
    const seen = minus(now, then);
    const census = parity(place, {
      mechanism: live.instance.mechanism,
      source: 'kernel',
      expected: found.counts,
      seen,
    });
    return [...traces, { body: 'parity', parity: own }, { body: 'parity', parity: census }];
  });
}

/** A sliced instance has one timed slice in a step: its arm and its settling are those of the reads. */
function latencyRecords(
  fork: Finder,
  step: Step,
  place: Place,
  o: { mechanism: string; live: LiveInstance; found: AttachedFindings },
): RecordBody[] {
  const { latencies } = o.found;
  if (latencies.kind === 'histogram') {
    const { lowNs, highNs, counts } = latencies;
    return [{ body: 'histogram', histogram: { place, mechanism: o.mechanism, lowNs, highNs, counts } }];
  }
  const slice = step.slices.find((one) => one.order.some((byte) => (byte & 0x3f) === o.live.instance.id));
  if (slice === undefined) return [];
  const opening = fork.openings.get(o.live.instance.id)?.reads ?? 0;
  const settle = settlingReads(slice, o.live.sut, fork.order.action) + opening;
  return hookSamples(latencies.reads, place, slice.arm, settle).map((samples) => ({ body: 'samples', samples }));
}

function traceRecords(
  fork: Finder,
  place: Place,
  mechanism: string,
  live: LiveInstance,
  found: AttachedFindings,
): RecordBody[] {
  const among = found.latencies.kind === 'reads' ? found.latencies.reads : [];
  const { matches, dropped } = found.traces ?? { matches: among, dropped: 0 };
  return (
    fork.traces?.records(place, mechanism, { process: String(live.process.servingPid), reads: matches, dropped }) ?? []
  );
}
