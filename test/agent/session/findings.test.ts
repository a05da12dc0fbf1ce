/** What a mechanism that hands over single reads found, and one that hands over a histogram, as records. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AttachedFindings, HookRead } from '../../../agent/mechanisms/mechanism.ts';
import { findingRecords } from '../../../agent/session/findings.ts';
import type { LiveFork, LiveInstance } from '../../../agent/session/fork.ts';
import { ForkLedger } from '../../../agent/session/ledger.ts';
import { SentTally } from '../../../agent/session/tally.ts';
import { TraceLimiter } from '../../../agent/session/trace.ts';
import { SUTS } from '../../../agent/suts/registry.ts';
import { type Assignment, type RecordBody, type Step, u32Column } from '../../../proto/index.ts';

const findings = suite('agent/session findings');

const sut = SUTS.find(({ id }) => id === 'node-hello')!;
const live = (id: number, design: 'sliced' | 'alternated'): LiveInstance => ({
  instance: { id, sut: sut.id, mechanism: 'none', arm: 0, design },
  ...{ sut, hook: null },
  process: { sut: sut.id, pid: 100 + id, ownPid: 100 + id, port: 1, ended: () => null, stop: async () => undefined },
});
const slice = (id: number, arm: number, phase: 'unspecified' | 'census') => ({
  ...{ sut: sut.id, order: Uint8Array.of(id, id | 0x80, id), arm, settle: phase === 'census' ? 0 : 2, phase },
});
const step: Step = {
  ...{ index: 9, block: 2, phase: 'measure', design: 'sliced', attach: 'bpf' },
  slices: [slice(4, 3, 'unspecified'), slice(5, 0, 'census')],
};
const read = (i: number, hit: boolean): HookRead => ({
  ...{ atNs: BigInt(i * 1000), latencyNs: 500 + i, hit },
  ...{ pid: 104, fd: 6, keyword: hit ? 1 : null },
});
const READS = [read(0, false), read(1, true), read(2, false), read(3, true), read(4, false)];

function recordsOf(latencies: AttachedFindings['latencies'], traces: LiveFork['traces'] = null): RecordBody[] {
  const targets = [live(4, 'sliced'), live(5, 'alternated')];
  const counts = { reads: 5, bytes: 440, hits: 2 };
  const found = targets.map(({ process }) => ({
    ...{ pid: process.pid, counts, latencies, lost: 0, cut: 0 },
    traces: null,
  }));
  return findingRecords(
    { traces, order: { action: traces === null ? 'observe' : 'trace' } as LiveFork['order'] },
    step,
    { assignment: { condition: 'process', fork: 1 } as Assignment, ledger: new ForkLedger() },
    { mechanism: { id: 'bpf', vantage: 'kernel' }, targets, findings: found, sent: new SentTally(), before: new Map() },
  );
}

findings('single reads become samples of the slice they were taken in: its arm, its settling, vantage kernel', () => {
  const records = recordsOf({ kind: 'reads', reads: READS });
  assert.equal(
    records.map(({ body }) => body),
    ['samples', 'parity', 'parity'],
    'those of a census are counted only',
  );
  const { samples } = records[0] as RecordBody & { body: 'samples' };
  assert.is(samples.n, 5);
  assert.equal(
    [samples.place.vantage, samples.place.phase, samples.place.block, samples.place.fork],
    ['kernel', 'measure', 2, 1],
  );
  assert.equal([...u32Column(samples.latencyNs)], [500, 501, 502, 503, 504]);
  assert.equal([...samples.arm], [3, 3, 3, 3, 3]);
  assert.equal([...samples.flags], [2, 3, 0, 1, 0], 'bit 0 hit, bit 1 settling');
});

findings('a histogram stays one', () => {
  const records = recordsOf({ kind: 'histogram', lowNs: [1], highNs: [2], counts: [5] });
  assert.equal(
    records.map(({ body }) => body),
    ['histogram', 'parity', 'parity'],
  );
});

findings('action trace: the matches among the reads, of the census too, with the phase they fell in', () => {
  const records = recordsOf({ kind: 'reads', reads: READS }, new TraceLimiter({ perSecond: 1, burst: 1 }));
  const traces = records.flatMap((record) => (record.body === 'traces' ? [record.traces] : []));
  assert.equal(
    traces.map(({ place, n, dropped, mechanism }) => [place.phase, n, dropped, mechanism]),
    [
      ['measure', 1, 1, 'bpf'],
      ['census', 1, 1, 'bpf'],
    ],
  );
});

findings.run();
