import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import type { StudyRecord } from '../../../controller/analysis/record.ts';
import type { Comparison, FlagCode, Results } from '../../../controller/analysis/results.ts';
import { makeStudy, withSettling } from '../../helpers/study.ts';

const test = suite('analysis: verdicts on studies of known truth');

function rowOf(results: Results, treated: string): Comparison {
  const found = results.comparisons.find((row) => row.treated === treated);
  if (!found) throw new Error(`no comparison of ${treated}`);
  return found;
}

function has(row: Comparison, code: FlagCode): boolean {
  return row.flags.some((flag) => flag.code === code);
}

const effective: StudyRecord = makeStudy({ preloadShiftNs: 1500, bpftraceShiftNs: 3000, instanceSdNs: 300 });

test('a true shift is found in both designs, within its interval, and A/A is clean', () => {
  const results = analyse(effective);
  for (const [treated, shiftNs, design] of [
    ['ld-preload', 1500, 'alternated'],
    ['bpftrace', 3000, 'sliced'],
  ] as const) {
    const row = rowOf(results, treated);
    assert.is(row.verdict, 'overhead');
    assert.is(row.design, design);
    const block = row.block;
    assert.ok(block && block.lowNs < shiftNs && shiftNs < block.highNs, row.sentence);
    assert.ok(block.pHolm >= block.p && block.pHolm < 0.05);
    assert.equal([block.blocks, block.forks], [60, 6]);
    assert.match(row.sentence, /adds \d\.\d+ µs \[.*\] to the client's median; A\/A is clean; 6 forks × 10 blocks\./);
    assert.is(row.n, 2400);
    assert.is(row.baselineN, 2400);
    assert.is(row.warmupDropped, 180);
    assert.ok(row.minimumDetectableNs !== null && row.minimumDetectableNs < shiftNs);
    assert.ok(row.requiredSamples !== null && row.requiredSamples <= row.n);
  }
  assert.ok(results.aa.passed, results.aa.sentence);
  assert.is(results.aa.comparisons.length, 2);
  assert.match(
    results.aa.sentence,
    /^A\/A is clean: none against none differs by −?\d\.\d+ µs \[.*\] \(java-hello, \w+\) at most\.$/,
  );
});

test('the alternated design always rests on forks', () => {
  const results = analyse(effective);
  assert.equal([rowOf(results, 'ld-preload').block?.unit, rowOf(results, 'ld-preload').block?.units], ['fork', 6]);
});

test('the mean and the 99th percentile come with intervals; p99 rests on forks', () => {
  const { shifts } = rowOf(analyse(effective), 'bpftrace');
  assert.ok(shifts.mean && shifts.mean.lowNs < 3000 && shifts.mean.highNs > 3000);
  assert.ok(shifts.p99 && shifts.p99.lowNs < 3000 && shifts.p99.highNs > 3000);
  assert.is(shifts.p99?.unit, 'fork');
});

test('payloads with and without a keyword are told apart', () => {
  const { byPayload } = rowOf(analyse(makeStudy({ bpftraceShiftNs: 1000, hitShiftNs: 4000 })), 'bpftrace');
  assert.ok(byPayload.noHit && byPayload.noHit.lowNs < 1000 && byPayload.noHit.highNs > 1000);
  assert.ok(byPayload.hit && byPayload.hit.lowNs < 5000 && byPayload.hit.highNs > 5000);
});

test('no shift: no detectable difference, with what would have been found', () => {
  const row = rowOf(analyse(makeStudy({ seed: 5 })), 'ld-preload');
  assert.is(row.verdict, 'no-detectable-difference');
  assert.ok(row.block);
  const halfNs = (row.block.highNs - row.block.lowNs) / 2;
  // 6 forks: 4.18022 standard errors (study-size.test.ts), 2.57058 of which are the interval's half (scipy 1.17.1's t.ppf(0.975, 5))
  assert.ok(Math.abs((row.minimumDetectableNs ?? 0) / halfNs - 4.180222914802684 / 2.5705818356363146) < 1e-6);
  assert.match(row.sentence, /a true shift of \d\.\d+ µs would be found 4 times in 5/);
});

test('no shift within a stated margin: equivalent; a margin too narrow for the data claims nothing', () => {
  const study = makeStudy({ seed: 5 });
  const wide = rowOf(analyse({ ...study, marginNs: 2000 }), 'ld-preload');
  assert.is(wide.verdict, 'equivalent');
  assert.match(wide.sentence, /less than the stated margin of 2\.00 µs/);
  assert.is(rowOf(analyse({ ...study, marginNs: 10 }), 'ld-preload').verdict, 'no-detectable-difference');
});

test('a significant shift within the margin is still an overhead, and the sentence says both', () => {
  const row = rowOf(analyse({ ...effective, marginNs: 10_000 }), 'bpftrace');
  assert.is(row.verdict, 'overhead');
  assert.match(row.sentence, /within the stated margin of 10\.00 µs/);
});

test('a hook that seems to speed requests up is implausible', () => {
  const row = rowOf(analyse(makeStudy({ bpftraceShiftNs: -3000 })), 'bpftrace');
  assert.is(row.verdict, 'implausible');
  assert.ok(has(row, 'negative-overhead'));
  assert.match(row.sentence, / by −[23]\.\d+ µs \[−/);
});

test('a failed A/A invalidates every comparison of its cells', () => {
  const results = analyse(makeStudy({ aaShiftNs: 2500, preloadShiftNs: 5000, bpftraceShiftNs: 5000 }));
  assert.not(results.aa.passed);
  assert.match(results.aa.sentence, /^A\/A failed: none against none differs by 2\.\d+ µs/);
  for (const row of [...results.comparisons, ...results.aa.comparisons]) {
    assert.is(row.verdict, 'invalid', row.sentence);
    assert.ok(has(row, 'aa-failed'));
  }
});

test('a failed A/A of one design leaves the other’s claims standing', () => {
  const broken = makeStudy({ aaShiftNs: 2500, preloadShiftNs: 5000, designs: ['alternated'] });
  const sound = makeStudy({ seed: 9, bpftraceShiftNs: 5000, designs: ['sliced'] });
  const results = analyse({ ...effective, batches: [...broken.batches, ...sound.batches] });
  assert.is(rowOf(results, 'ld-preload').verdict, 'invalid');
  assert.is(rowOf(results, 'bpftrace').verdict, 'overhead');
});

test('settling samples are dropped and counted with the warm-up', () => {
  const row = rowOf(analyse(withSettling(makeStudy({ designs: ['sliced'] }), 4)), 'bpftrace');
  assert.is(row.n, 60 * 36);
  assert.is(row.warmupDropped, 180 + 60 * 4);
});

test('census samples count nowhere', () => {
  const batches = effective.batches.flatMap((batch) =>
    batch.phase === 'warmup' ? [batch, { ...batch, phase: 'census' as const }] : [batch],
  );
  const row = rowOf(analyse({ ...effective, batches }), 'bpftrace');
  assert.equal([row.n, row.warmupDropped], [2400, 180]);
});

test('the same record gives the same results, in any order of batches, and survives JSON', () => {
  const first = analyse(effective);
  assert.equal(analyse({ ...effective, batches: [...effective.batches].reverse() }).aa, first.aa);
  assert.equal(JSON.parse(JSON.stringify(first)), first);
});

test('a million samples are analysed in seconds', () => {
  const study = makeStudy({ forks: 4, blocks: 5, perBlock: 8300, warmup: 10, bpftraceShiftNs: 3000 });
  const samples = study.batches.reduce((sum, batch) => sum + batch.latencyNs.length, 0);
  const startedMs = performance.now();
  assert.is(rowOf(analyse(study), 'bpftrace').verdict, 'overhead');
  const tookMs = performance.now() - startedMs;
  assert.ok(samples > 990_000 && tookMs < 15_000, `${samples} samples took ${tookMs} ms`);
});

test.run();
