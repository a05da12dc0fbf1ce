// The checker itself, on segments made by hand: what is dropped, doubled, altered, invented or uncounted must be found.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CheckedRun, checkStudy, type Verdict } from './check.ts';
import type { RunLedger } from './ledger.ts';
import { recordBytes, seenRecord } from './record.ts';
import { crc32, readSegment, segmentOf } from './segments.ts';

const RUN = '0123456789abcdef';
const STUDY = 'study-1';

/** record 1 to 4 hold 10 samples each, 5 says that nothing was lost, 6 ends the assignment */
const BODIES: readonly Record<string, unknown>[] = [
  ...[1, 2, 3, 4].map((seed) => ({ samples: samplesOf(seed) })),
  { loss: { hop: 'spool', received: 40, lost: 0 } },
  { end: { status: 'complete' } },
];

function samplesOf(seed: number) {
  const column = Buffer.alloc(40, seed);
  const place = { sut: 'read-loop', condition: 'process', phase: 'PHASE_MEASURE' };
  return {
    place,
    t0_ns: String(seed),
    n: 10,
    dt_ns: column,
    latency_ns: column,
    arm: Buffer.alloc(10),
    flags: Buffer.alloc(10),
  };
}

const payload = (sequence: number, body: Record<string, unknown>): Buffer =>
  recordBytes({ sequence, study_id: STUDY, assignment_id: `${STUDY}/node/process/0`, ...body });
const payloads = (): Buffer[] => BODIES.map((body, i) => payload(i + 1, body));

interface Case {
  readonly stored?: readonly Buffer[];
  readonly segment?: Buffer;
  readonly status?: string;
  readonly warnings?: readonly { code: string; detail: string }[];
  readonly run?: Partial<CheckedRun>;
  readonly ledger?: Partial<RunLedger>;
}

function check(o: Case): Verdict {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-checker-'));
  try {
    mkdirSync(join(dir, 'samples'));
    writeFileSync(join(dir, 'samples', `node-${RUN}.seg`), o.segment ?? segmentOf(o.stored ?? payloads()));
    const meta = { status: o.status ?? 'complete', warnings: o.warnings ?? [] };
    writeFileSync(join(dir, 'study.json'), JSON.stringify(meta));
    const offered = new Map(payloads().map((bytes) => [seenRecord(bytes).sequence, seenRecord(bytes)]));
    const ledger = { agentId: 'node', runId: RUN, offered, dropped: [], ...o.ledger };
    const run = { ledger, acked: 6, discarded: 0, died: false, ...o.run };
    return checkStudy(dir, { studyId: STUDY, runs: [run] });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const codes = (o: Case): string[] => [...new Set(check(o).findings.map(({ code }) => code))].sort();
const without = (...sequences: number[]) => payloads().filter((_, i) => !sequences.includes(i + 1));

const checker = suite('the independent checker');

checker('finds nothing where everything is there', () => {
  const { findings, counts, status } = check({});
  assert.equal(findings, []);
  assert.equal(counts, { offered: 40, stored: 40, dropped: 0, discarded: 0, counted: 0, died: 0 });
  assert.is(status, 'complete');
});

checker('a record dropped', () => {
  assert.equal(codes({ stored: without(3) }), ['lost-acked']);
  assert.equal(codes({ stored: without(5) }), ['lost-acked'], 'also one without samples');
});

checker('a record doubled', () => {
  const all = payloads();
  assert.equal(codes({ stored: [...all.slice(0, 3), all[2] as Buffer, ...all.slice(3)] }), ['doubled']);
});

checker('a record altered by one bit, under a right checksum', () => {
  const all = payloads();
  const [, altered] = all as [Buffer, Buffer];
  altered[altered.length - 40] = (altered[altered.length - 40] as number) ^ 1;
  assert.equal(codes({ stored: all }), ['altered']);
});

checker('a whole frame that holds no record', () => {
  assert.equal(codes({ stored: [...payloads(), Buffer.from([0xff, 0xff])] }), ['invented']);
});

checker('a record that no one offered, and a segment of no one', () => {
  assert.equal(codes({ stored: [...payloads(), payload(7, { samples: samplesOf(9) })] }), ['invented']);
  assert.ok(codes({ ledger: { runId: 'fedcba9876543210' } }).includes('invented'));
});

checker('an ack for what is not stored is found, whatever comes behind it', () => {
  assert.equal(codes({ stored: without(4, 5, 6) }), ['lost-acked']);
  assert.equal(codes({ stored: without(4, 5, 6), run: { acked: 3 } }), ['lost-unacked']);
});

checker('what died with its agent is counted, and the study must say that it is not complete', () => {
  const died = { stored: without(4, 5, 6), run: { acked: 3, died: true } } as const;
  const { findings, counts } = check({ ...died, status: 'failed' });
  assert.equal(findings, []);
  assert.is(counts.died, 10);
  assert.equal(codes(died), ['unmarked']);
});

checker('nothing may be stored behind what died', () => {
  const died = { status: 'failed', stored: without(2), run: { acked: 1, died: true } } as const;
  assert.equal(codes(died), ['out-of-order']);
});

checker('losses that the controller counts', () => {
  const warnings = [{ code: 'lost-samples', detail: '10 samples could not be stored and are lost' }];
  const full = { stored: without(3), status: 'failed', warnings } as const;
  assert.equal(codes(full), []);
  assert.is(check(full).counts.counted, 10);
  assert.equal(codes({ ...full, stored: without(3, 4) }), ['lost-acked'], 'not all of them');
  assert.equal(codes({ ...full, stored: payloads() }), ['miscounted-loss'], 'more than all of them');
  assert.equal(codes({ ...full, status: 'complete' }), ['unmarked']);
  const stream = payload(3, { loss: { hop: 'stream', received: 30, lost: 10 } });
  assert.equal(codes({ stored: [...without(3), stream], status: 'failed' }), [], 'in a record of its own');
});

checker('losses that the acknowledgements tell', () => {
  const told = { stored: without(3), status: 'failed', run: { discarded: 10 } } as const;
  assert.equal(codes(told), []);
  assert.is(check(told).counts.discarded, 10);
  const warnings = [{ code: 'lost-samples', detail: '10 samples could not be stored and are lost' }];
  assert.equal(codes({ ...told, warnings }), [], 'the study may tell them, too');
  assert.equal(codes({ ...told, stored: without(3, 4) }), ['lost-acked']);
  assert.equal(codes({ ...told, stored: payloads() }), ['miscounted-loss']);
  assert.equal(codes({ ...told, status: 'complete' }), ['unmarked']);
});

checker('drops at the spool must be counted in the study', () => {
  const dropped = [{ ...seenRecord(payload(9, { samples: samplesOf(9) })) }];
  assert.equal(codes({ ledger: { dropped } }), ['uncounted-drop']);
});

checker('a torn tail and a flipped bit end a segment', () => {
  const whole = segmentOf(payloads());
  assert.ok(codes({ segment: whole.subarray(0, whole.length - 3) }).includes('torn'));
  const flipped = Buffer.from(whole);
  flipped[whole.length - 40] = (flipped[whole.length - 40] as number) ^ 0x10;
  assert.ok(codes({ segment: flipped }).includes('torn'));
  assert.is(readSegment(flipped).frames.length, 5);
});

checker('its checksum is the one of the standard', () => {
  // the check value of CRC-32/ISO-HDLC in Greg Cook's catalogue of parametrised CRC algorithms
  assert.is(crc32(Buffer.from('123456789')), 0xcbf43926);
});

checker('equal contents have equal digests, also where a default is written out', () => {
  const bytes = recordBytes({ sequence: 1, study_id: 's', loss: { hop: 'spool', lost: 3 } });
  const field = Buffer.from([0x20, 0x00]); // loss.received = 0, written out
  const long = Buffer.concat([bytes, field]);
  long[bytes.indexOf(0x3a) + 1] = (long[bytes.indexOf(0x3a) + 1] as number) + field.length;
  assert.is(seenRecord(long).lost?.samples, 3);
  assert.is(seenRecord(long).digest, seenRecord(bytes).digest);
});

checker.run();
