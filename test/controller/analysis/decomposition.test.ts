import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import { bystanders } from '../../../controller/analysis/bystander.ts';
import type { StudyRecord } from '../../../controller/analysis/record.ts';
import type { Decomposition, Part } from '../../../controller/analysis/results.ts';
import { PARTS, vantageStudy } from '../../helpers/vantage-study.ts';

const STUDIES = 500;
const NAMES = ['shift', 'own', 'dispatch', 'call', 'rest'] as const;

const test = suite('analysis/decomposition');

function rowOf(study: StudyRecord, sut: string): Decomposition {
  const row = analyse(study).decomposition?.find((one) => one.sut === sut);
  if (!row) throw new Error(`no decomposition of ${sut}`);
  return row;
}

function known(part: Part) {
  if (part.estimateNs === null) throw new Error(part.why);
  return part;
}

const why = (part: Part) => (part.estimateNs === null ? part.why : '');

test('known parts lie in their 95 % intervals in 93 to 97 % of simulated studies, and the estimates are not off', () => {
  const { ownNs, dispatchNs, restNs, readsPerRequest: reads } = PARTS;
  const truth = {
    own: reads * ownNs,
    dispatch: reads * dispatchNs,
    call: reads * (ownNs + dispatchNs),
    rest: restNs,
    shift: reads * (ownNs + dispatchNs) + restNs,
  };
  const held = { shift: 0, own: 0, dispatch: 0, call: 0, rest: 0 };
  const off = { ...held };
  for (let seed = 1; seed <= STUDIES; seed++) {
    const row = rowOf(vantageStudy({ seed: seed * 7919 }), 'java-hello');
    for (const name of NAMES) {
      const { estimateNs, lowNs, highNs } = known(row[name]);
      if (lowNs <= truth[name] && truth[name] <= highNs) held[name] += 1 / STUDIES;
      off[name] += (estimateNs - truth[name]) / STUDIES;
    }
  }
  console.log(
    NAMES.map((name) => `${name} ${(100 * held[name]).toFixed(1)} %, ${off[name].toFixed(2)} ns off`).join('; '),
  );
  for (const name of NAMES) {
    assert.ok(held[name] >= 0.93 && held[name] <= 0.97, `${name} ${held[name]}`);
    assert.ok(Math.abs(off[name]) < 5, `${name} is ${off[name]} ns off`);
  }
});

test('a hook in the kernel: its own work by the run-time statistics, runs that are filtered out taken off', () => {
  const { ownNs, dispatchNs, readsPerRequest: reads } = PARTS;
  const studies = 100;
  let [own, dispatch] = [0, 0];
  for (let seed = 1; seed <= studies; seed++) {
    const row = rowOf(vantageStudy({ seed: seed * 104_729, design: 'sliced' }), 'java-hello');
    assert.is(row.ownBy, 'bpf-statistics');
    own += known(row.own).estimateNs / studies;
    dispatch += known(row.dispatch).estimateNs / studies;
  }
  assert.ok(Math.abs(own - reads * ownNs) < 10, `${own}`);
  assert.ok(Math.abs(dispatch - reads * dispatchNs) < 10, `${dispatch}`);
});

test('without the statistics, or where they drown in other calls, both together are known and the reason is told', () => {
  const study = vantageStudy({ design: 'sliced' });
  const uncounted = rowOf({ ...study, kernelTimes: [] }, 'java-hello');
  assert.match(why(uncounted.own), /no run-time statistics \(nobody counted\)/);
  assert.ok(known(uncounted.call).estimateNs > 0);
  const times = study.kernelTimes ?? [];
  const refused = times.map((one) => ({ ...one, missing: 'Operation not permitted' }));
  assert.match(why(rowOf({ ...study, kernelTimes: refused }, 'java-hello').own), /\(Operation not permitted\)/);
  const drowned = times.map((one) => ({ ...one, runs: 100 * one.runs, runTimeNs: 80 * 100 * one.runs }));
  assert.match(why(rowOf({ ...study, kernelTimes: drowned }, 'java-hello').own), /of calls that they filter out/);
});

test('a process beside: the cost lies in its interval in 93 to 97 % of simulated studies', () => {
  let [held, off] = [0, 0];
  for (let seed = 1; seed <= STUDIES; seed++) {
    const { rows } = bystanders(vantageStudy({ seed: seed * 7919, design: 'sliced' }));
    const { estimateNs, lowNs, highNs } = known(rows[0]!.shift);
    if (lowNs <= PARTS.besideNs && PARTS.besideNs <= highNs) held += 1 / STUDIES;
    off += (estimateNs - PARTS.besideNs) / STUDIES;
  }
  console.log(`beside ${(100 * held).toFixed(1)} %, ${off.toFixed(2)} ns off`);
  assert.ok(held >= 0.93 && held <= 0.97, `${held}`);
  assert.ok(Math.abs(off) < 5, `${off}`);
});

test('beside: not measured says why, and the process beside is in no comparison', () => {
  const study = vantageStudy({ design: 'sliced' });
  const results = analyse(study);
  const plain = analyse({ ...study, batches: study.batches.filter(({ phase }) => phase !== 'bystander') });
  assert.equal(results.comparisons, plain.comparisons);
  assert.is(results.bystanders?.notMeasured, null);
  assert.match(
    results.bystanders?.rows[0]?.sentence ?? '',
    /^bpf, attached to others: 0\.\d+ µs \[.*\] on each read of a process/,
  );
  assert.match(plain.bystanders?.notMeasured ?? '', /no process beside was read from/);
  assert.match(
    analyse(vantageStudy()).bystanders?.notMeasured ?? '',
    /no mechanism of this study is attached from outside/,
  );
});

test('the parts add up, and the shift is the comparison’s own', () => {
  const study = vantageStudy({ seed: 11 });
  const results = analyse(study);
  const row = rowOf(study, 'java-hello');
  const block = results.comparisons.find(({ sut }) => sut === 'java-hello')?.block;
  const [shift, own, dispatch, call, rest] = NAMES.map((name) => known(row[name]).estimateNs) as [number, ...number[]];
  assert.ok(Math.abs(shift - (own! + dispatch! + rest!)) < 1e-6);
  assert.ok(Math.abs(call! - (own! + dispatch!)) < 1e-6);
  assert.ok(Math.abs(shift - (block?.estimateNs ?? 0)) < 1e-6);
  assert.ok(Math.abs(known(row.shift).lowNs - (block?.lowNs ?? 0)) < 1e-6);
  assert.is(row.ownBy, 'interposer');
});

test('at the caller there is no rest, and it says why', () => {
  const row = rowOf(vantageStudy(), 'read-loop');
  assert.ok(known(row.own).estimateNs > 0);
  assert.match(why(row.rest), /holds nothing but the call/);
});

test('what no clock tells is not known, never 0: without the loop, without the hook’s clock, without a count of reads', () => {
  const study = vantageStudy();
  const without = (keep: (batch: StudyRecord['batches'][number]) => boolean) => ({
    ...study,
    batches: study.batches.filter(keep),
  });
  const noLoop = rowOf(
    without(({ sut }) => sut !== 'read-loop'),
    'java-hello',
  );
  assert.is(noLoop.micro, null);
  assert.ok(known(noLoop.shift).estimateNs > 0);
  for (const name of ['own', 'dispatch', 'call', 'rest'] as const) assert.match(why(noLoop[name]), /read-loop/);
  const noClock = rowOf(
    without(({ vantage }) => vantage !== 'interposer'),
    'java-hello',
  );
  assert.match(why(noClock.own), /no clock of its own/);
  assert.match(why(noClock.dispatch), /no clock of its own/);
  assert.ok(known(noClock.call).estimateNs > 0 && known(noClock.rest).estimateNs > 0);
  const uncounted = rowOf({ ...study, parity: [] }, 'java-hello');
  assert.is(uncounted.readsPerRequest, null);
  assert.match(why(uncounted.rest), /not counted/);
  const blocked = rowOf({ ...study, action: 'block' }, 'read-loop');
  assert.match(why(blocked.own), /refused requests/);
});

test('a hook that the loop can’t have, whose clock holds its own work alone: that work and all beyond it, in their intervals', () => {
  const { ownNs, dispatchNs, restNs, readsPerRequest: reads } = PARTS;
  const truth = { own: reads * ownNs, beyondOwn: reads * dispatchNs + restNs };
  const held = { own: 0, beyondOwn: 0 };
  const studies = 200;
  for (let seed = 1; seed <= studies; seed++) {
    const row = rowOf(vantageStudy({ seed: seed * 7919, loopless: 'work' }), 'java-hello');
    for (const name of ['own', 'beyondOwn'] as const) {
      const { lowNs, highNs } = known(row[name]!);
      if (lowNs <= truth[name] && truth[name] <= highNs) held[name] += 1 / studies;
    }
  }
  for (const share of Object.values(held)) assert.ok(share >= 0.91 && share <= 0.99, JSON.stringify(held));
  const row = rowOf(vantageStudy({ loopless: 'work' }), 'java-hello');
  const [shift, own, beyond] = [row.shift, row.own, row.beyondOwn!].map((part) => known(part).estimateNs);
  assert.ok(Math.abs(shift! - own! - beyond!) < 1e-6);
  assert.is(row.ownBy, 'work-clock');
  for (const name of ['dispatch', 'call', 'rest'] as const)
    assert.match(why(row[name]), /read-loop is no Node\.js program/);
  assert.match(row.sentence, /which holds nothing else.*for the way into it and the rest, not told apart/);
});

test('the same with a clock that holds the read too: nothing but the shift is known, and it says why', () => {
  const row = rowOf(vantageStudy({ loopless: 'call' }), 'java-hello');
  assert.ok(known(row.shift).estimateNs > 0);
  assert.is(row.ownBy, null);
  for (const name of ['own', 'beyondOwn', 'call'] as const) assert.match(why(row[name]!), /clock holds the read too/);
});

test('one process start carries no part, and an invalid comparison none', () => {
  const one = rowOf(vantageStudy({ forks: 1 }), 'java-hello');
  for (const name of NAMES) assert.is(one[name].estimateNs, null);
  const study = vantageStudy();
  const lost = {
    hop: 'ring',
    sut: 'read-loop',
    node: 'node-1',
    mechanism: 'ld-preload',
    received: 900,
    lost: 9,
  } as const;
  const invalid = rowOf({ ...study, loss: [lost] }, 'java-hello');
  assert.match(why(invalid.call), /comparison of read-loop is invalid/);
  assert.ok(known(invalid.shift).estimateNs > 0);
});

test('a request beside its reads: the sentence follows the numbers', () => {
  const told = (parts: Parameters<typeof vantageStudy>[0]) => analyse(vantageStudy(parts)).microMacro?.[0];
  const larger = told({ restNs: 5_000 });
  assert.ok(known(larger!.difference).lowNs > 4_000);
  const scale = analyse(vantageStudy({ restNs: 5_000 })).recommendations.find(({ id }) => id === 'R6');
  assert.is(scale?.status, 'met');
  assert.match(scale?.evidence ?? '', /java-hello, ld-preload: 5\.0\d µs \[.*\] beyond its reads/);
  assert.match(larger!.sentence, /beyond the 2 reads of a request that is 5\.0\d µs \[.*\] more/);
  const alike = told({ restNs: 0, readsPerRequest: 1, partSdNs: 5 });
  assert.match(alike!.sentence, /a difference to the one read of a request is not seen/);
  const smaller = told({ restNs: -300 });
  assert.ok(known(smaller!.difference).highNs < 0);
  assert.match(smaller!.sentence, /against the 2 reads of a request/);
});

test.run();
