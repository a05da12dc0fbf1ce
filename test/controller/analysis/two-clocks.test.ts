/** Across nodes the clock outside is another node's, and in each fork it may be a third one's: no two of them are ever compared. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encode, type Place, type RecordBody } from '#proto';
import type { StudyRecord } from '../../../controller/analysis/record.ts';
import { blockSeries } from '../../../controller/analysis/series.ts';
import { StudySamples } from '../../../controller/live/study-samples.ts';
import { timingOf } from '../../../controller/plan/timing.ts';
import { PLACE } from '../../helpers/stored.ts';
import { makeStudy } from '../../helpers/study.ts';

const test = suite('clocks of two nodes');
const CONDITION = 'nodes:host';
/** 11 days of difference between two nodes that were started at other times */
const APART_NS = 10n ** 15n;

/** @param shiftNs of the clock in that fork */
function timedBy(shiftNs: (fork: number) => bigint): StudyRecord {
  const study = makeStudy();
  const batches = study.batches.map((b) => ({ ...b, condition: CONDITION, t0Ns: b.t0Ns + shiftNs(b.fork) }));
  // what a hook saw of the first fork, by the clock of the SUT's node
  const [first] = batches.filter(({ phase }) => phase === 'measure');
  const inside = { ...first!, vantage: 'interposer' as const, t0Ns: first!.t0Ns + 7n * APART_NS };
  return { ...study, conditions: [CONDITION], batches: [...batches, inside] };
}

const one = timedBy(() => 0n);
const several = timedBy((fork) => BigInt(fork % 3) * APART_NS);

test('blocks of forks with other clocks stand one after the other', () => {
  const at = { condition: CONDITION };
  const points = blockSeries(several, 'java-hello', 'sliced', 0, at);
  assert.ok(points.length > 10);
  assert.equal(points, blockSeries(one, 'java-hello', 'sliced', 0, at));
  for (const [i, { sinceStartMs }] of points.entries())
    assert.ok(i === 0 || sinceStartMs >= points[i - 1]!.sinceStartMs, `${sinceStartMs} ms`);
});

test('how long forks took is told by one clock in each', () => {
  const outside = one.batches.filter(({ vantage }) => vantage !== 'interposer');
  assert.equal(timingOf(several), timingOf({ ...one, batches: outside }));
});

test('live charts show the samples of every fork when they came', () => {
  const samples = new StudySamples([{ index: 0, mechanism: 'none', aa: false }], 0);
  const take = (fork: number, t0Ns: bigint, nowMs: number, vantage: Place['vantage'] = 'client') => {
    const columns = { dtNs: new Uint8Array(4), latencyNs: Uint8Array.of(100, 0, 0, 0), arm: Uint8Array.of(0) };
    const place = { ...PLACE, condition: CONDITION, fork, vantage, phase: 'measure' as const };
    const body: RecordBody = { body: 'samples', samples: { place, t0Ns, n: 1, ...columns, flags: Uint8Array.of(0) } };
    const record = { sequence: 1, studyId: 's', assignmentId: 's/node-1/c/0', ...body };
    assert.ok(encode('Record', record).length > 0);
    samples.take('node-1', record, nowMs);
  };
  take(0, 5n * APART_NS, 1_000);
  take(0, 4n * APART_NS, 1_000, 'interposer');
  take(1, APART_NS, 9_000);
  const seconds = samples.charts.changes().map(([, second]) => second);
  assert.equal([...new Set(seconds)].sort(), [1, 9]);
});

test.run();
