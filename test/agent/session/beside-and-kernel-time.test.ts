/** A whole fork for real: a read-loop under test, one beside, bpftrace attached, and what reaches the controller of it. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KernelTime, RecordBody, Samples } from '#proto';
import { pinningOf } from '../../../agent/host/cores.ts';
import { runAssignment } from '../../../agent/session/session.ts';
import { planStudy } from '../../../controller/plan/plan.ts';
import { bucketQuantile, mergeBuckets } from '../../../controller/stats/histogram.ts';
import { BURST_SUT, resolved } from '../../helpers/plan.ts';
import { needs } from '../../helpers/require.ts';

const test = suite('agent/session: the process beside, and the kernel’s own account');
const isHere = needs('root', 'ebpf', 'bpf-build');
const BLOCKS = 2;
const BPFTRACE_ARM = 3;
/** none, none again, ld-preload, and the one that sliced arms share */
const WATCHED = 4;

let records: readonly RecordBody[] = [];

test.before(async () => {
  if (!isHere) return;
  const study = resolved({
    ...{ suts: [BURST_SUT], placed: ['ld-preload'], attached: ['bpftrace'], bystander: BURST_SUT },
    ...{ forks: 1, blocks: BLOCKS, requests: 1250 },
  });
  const sent: RecordBody[] = [];
  const sink = {
    send: (record: RecordBody) => void sent.push(record),
    progress: () => undefined,
    takeDropped: () => 0,
  };
  const [assignment] = planStudy(study, 'node-1');
  await runAssignment(assignment!, { pinning: pinningOf(), sink, signal: new AbortController().signal });
  records = sent;
});

const samplesIn = (phase: Samples['place']['phase']) =>
  records.flatMap((record) =>
    record.body === 'samples' && record.samples.place.phase === phase ? [record.samples] : [],
  );
const times = (): readonly KernelTime[] =>
  records.flatMap((record) => (record.body === 'kernelTime' ? [record.kernelTime] : []));

if (isHere) {
  test('it comes to its end', () => {
    const end = records.at(-1);
    assert.ok(end?.body === 'end' && end.end.status === 'complete', JSON.stringify(end));
  });

  test('the process beside is read from in every sliced arm, as often in each', () => {
    const byArm = new Map<number, number>();
    for (const { arm, flags } of samplesIn('bystander'))
      for (const [i, one] of arm.entries()) byArm.set(one, (byArm.get(one) ?? 0) + (flags[i]! & 2 ? 0 : 1));
    assert.equal([...byArm.keys()].sort(), [0, 1, BPFTRACE_ARM]);
    for (const reads of byArm.values()) assert.is(reads, BLOCKS * 1000);
  });

  test('no hook is told of it: what bpftrace counted is what was sent to the others', () => {
    const own = records.flatMap((record) =>
      record.body === 'parity' && record.parity.mechanism === 'bpftrace' ? [record.parity] : [],
    );
    assert.is(own.length, BLOCKS * WATCHED);
    for (const { seenReads, expectedReads, seenHits, expectedHits } of own)
      assert.equal([seenReads, seenHits], [expectedReads, expectedHits]);
    assert.not.ok(records.some((record) => record.body === 'observation' && record.observation.sut !== 'read-loop'));
  });

  test('the kernel counts in each step with the hook, and in no timed stretch', () => {
    assert.is(times().length, BLOCKS);
    const timed = [...samplesIn('warmup'), ...samplesIn('measure'), ...samplesIn('bystander')];
    assert.ok(timed.length > 0);
    for (const { fromNs, toNs, missing } of times()) {
      assert.is(missing, '');
      assert.ok(fromNs < toNs);
      for (const { t0Ns, dtNs, latencyNs } of timed) {
        const [dt, latency] = [Buffer.from(dtNs), Buffer.from(latencyNs)];
        const last = dt.length - 4;
        const endNs = t0Ns + BigInt(dt.readUInt32LE(last)) + BigInt(latency.readUInt32LE(last));
        assert.ok(endNs < fromNs || t0Ns > toNs, `samples of ${t0Ns} to ${endNs} within ${fromNs} to ${toNs}`);
      }
    }
  });

  test('its account is of the order of what the hook’s own clock saw of the same reads', () => {
    const histograms = records.flatMap((record) => (record.body === 'histogram' ? [record.histogram] : []));
    const clock = mergeBuckets(histograms.map(({ lowNs, highNs, counts }) => ({ low: lowNs, high: highNs, counts })));
    const sum = (of: (one: KernelTime) => number) => times().reduce((all, one) => all + of(one), 0);
    const reads = sum((one) => one.reads);
    assert.is(reads, BLOCKS * 2 * 40 * 20);
    const filteredNs = sum((one) => one.besideRunTimeNs) / sum((one) => one.besideRuns);
    const perRead = (sum((one) => one.runTimeNs) - (sum((one) => one.runs) - 2 * reads) * filteredNs) / reads;
    const median = bucketQuantile(clock, 0.5);
    console.log(
      `programs ${perRead.toFixed(0)} ns a read, the hook's clock ${median.toFixed(0)} ns, filtered out ${filteredNs.toFixed(0)} ns a run`,
    );
    assert.ok(filteredNs > 0);
    assert.ok(perRead > median / 10 && perRead < median * 10, `${perRead} ns against ${median} ns`);
  });
}

test.run();
