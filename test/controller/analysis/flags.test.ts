import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import type { StudyRecord } from '../../../controller/analysis/record.ts';
import type { Comparison, Flag, FlagCode, LossRow, ParityRow } from '../../../controller/analysis/results.ts';
import { makeStudy } from '../../helpers/study.ts';

const test = suite('analysis: flags');
const effective = makeStudy({ preloadShiftNs: 3000, bpftraceShiftNs: 3000 });

function rowOf(study: StudyRecord, treated: string): Comparison {
  const found = analyse(study).comparisons.find((row) => row.treated === treated);
  if (!found) throw new Error(`no comparison of ${treated}`);
  return found;
}

function flagOf(row: Comparison, code: FlagCode): Flag | undefined {
  return row.flags.find((flag) => flag.code === code);
}

const LOSS: LossRow = {
  hop: 'ring',
  sut: 'java-hello',
  node: 'node-1',
  mechanism: 'ld-preload',
  received: 2400,
  lost: 7,
};

test('a quiet study raises no flag', () => {
  for (const row of analyse(effective).comparisons) assert.equal(row.flags, [], row.sentence);
});

test('a lost sample invalidates its mechanism only', () => {
  const study = { ...effective, loss: [LOSS] };
  const row = rowOf(study, 'ld-preload');
  assert.is(row.verdict, 'invalid');
  assert.match(flagOf(row, 'lost-samples')?.detail ?? '', /7 at ring/);
  assert.match(row.sentence, /^No claim about ld-preload: Samples were lost/);
  assert.is(rowOf(study, 'bpftrace').verdict, 'overhead');
});

test('loss at the baseline invalidates every comparison with it; a row without loss none', () => {
  const baseline = { ...effective, loss: [{ ...LOSS, hop: 'stream', mechanism: 'none' } as const] };
  assert.is(rowOf(baseline, 'bpftrace').verdict, 'invalid');
  assert.is(rowOf({ ...effective, loss: [{ ...LOSS, lost: 0 }] }, 'ld-preload').verdict, 'overhead');
  assert.is(rowOf({ ...effective, loss: [{ ...LOSS, sut: 'node-hello' }] }, 'ld-preload').verdict, 'overhead');
});

test('missed parity invalidates', () => {
  const parity: ParityRow = {
    sut: 'java-hello',
    condition: 'process',
    node: 'node-1',
    mechanism: 'bpftrace',
    source: 'load',
    expectedReads: 2400,
    seenReads: 2300,
    expectedBytes: 240_000,
    seenBytes: 230_000,
    expectedHits: 1200,
    seenHits: 1150,
    ratio: 23 / 24,
    ok: false,
  };
  const row = rowOf({ ...effective, parity: [parity] }, 'bpftrace');
  assert.is(row.verdict, 'invalid');
  assert.match(flagOf(row, 'parity-miss')?.detail ?? '', /bpftrace saw 2,300 of 2,400 reads/);
  assert.is(rowOf({ ...effective, parity: [{ ...parity, ok: true }] }, 'bpftrace').verdict, 'overhead');
});

test('a leak or a denied request invalidates the mechanism it was to be blocked by, and says how many', () => {
  const names = { sut: 'java-hello', condition: 'process', node: 'node-1', mechanism: 'ld-preload' };
  const row = { ...names, refused: 99, served: 190, leaked: 1, denied: 10, ok: false };
  const failed = { ...effective, action: 'block', blocking: [row] };
  assert.is(rowOf(failed, 'ld-preload').verdict, 'invalid');
  const said = flagOf(rowOf(failed, 'ld-preload'), 'block-failed')?.detail ?? '';
  assert.match(said, /ld-preload let 1 of 100 requests with a keyword through and refused 10 of 200 without/);
  assert.is(rowOf(failed, 'bpftrace').verdict, 'overhead');
  const fine = { ...failed, blocking: [{ ...row, leaked: 0, denied: 0, ok: true }] };
  assert.is(rowOf(fine, 'ld-preload').verdict, 'overhead');
  assert.is(analyse(fine).study.timed, 'requests without a keyword');
});

test('single reads of a kernel mechanism are an inside view from samples', () => {
  const sliced = effective.batches.filter((batch) => batch.design === 'sliced' && batch.arm[0] === 3);
  const kernel = sliced.map((batch) => ({ ...batch, vantage: 'kernel' as const }));
  const inside = analyse({ ...effective, batches: [...effective.batches, ...kernel] }).inside;
  const measured = kernel.filter((batch) => batch.phase === 'measure').reduce((sum, { arm }) => sum + arm.length, 0);
  assert.equal(
    inside.map(({ mechanism, vantage, source, stats }) => [mechanism, vantage, source, stats.n]),
    [['bpftrace', 'kernel', 'samples', measured]],
  );
});

test('throttling invalidates and is quoted', () => {
  const row = rowOf({ ...effective, throttling: ['The cgroup was throttled for 12 ms.'] }, 'ld-preload');
  assert.is(row.verdict, 'invalid');
  assert.is(flagOf(row, 'throttled')?.detail, 'The cgroup was throttled for 12 ms.');
});

test('fewer than 4 forks are flagged, one fork carries no alternated claim', () => {
  const three = rowOf(makeStudy({ forks: 3, preloadShiftNs: 8000 }), 'ld-preload');
  assert.ok(flagOf(three, 'few-forks'));
  assert.is(three.verdict, 'overhead');
  const one = makeStudy({ forks: 1, preloadShiftNs: 8000, bpftraceShiftNs: 8000 });
  const alternated = rowOf(one, 'ld-preload');
  assert.equal([alternated.block, alternated.verdict, alternated.minimumDetectableNs], [null, 'invalid', null]);
  assert.ok(flagOf(alternated, 'few-forks') && flagOf(alternated, 'incomplete'));
  const sliced = rowOf(one, 'bpftrace');
  assert.is(sliced.block?.unit, 'block');
  assert.is(sliced.shifts.p99, null);
});

test('an A/A that cannot be judged has not passed', () => {
  const { aa } = analyse(makeStudy({ forks: 1, designs: ['alternated'] }));
  assert.not(aa.passed);
  assert.match(aa.sentence, /could not be judged for java-hello, alternated/);
  const without = { ...effective, batches: effective.batches, arms: effective.arms.filter((arm) => !arm.aa) };
  const results = analyse(without);
  assert.not(results.aa.passed);
  assert.match(results.comparisons[0]?.sentence ?? '', /no A\/A to judge it by/);
});

test('an interrupted study and missing requests are flagged, what is there is still judged', () => {
  const row = rowOf({ ...effective, status: 'interrupted', plannedSamples: { 'java-hello': 50_000 } }, 'bpftrace');
  assert.is(row.verdict, 'overhead');
  assert.is(flagOf(row, 'incomplete')?.detail, 'The study was interrupted; 2,400 of 50,000 samples were measured.');
});

test('arms one after the other are flagged, and what is claimed rests on whole runs', () => {
  const batches = effective.batches
    .filter((batch) => batch.design === 'sliced')
    .map((batch) => ({ ...batch, design: 'sequential' as const }));
  const row = rowOf({ ...effective, batches }, 'bpftrace');
  assert.ok(flagOf(row, 'arms-not-interleaved'));
  assert.equal([row.verdict, row.block?.unit, row.block?.units], ['overhead', 'run', 6]);
  assert.match(row.sentence, /seems to add .* 6 runs of each arm; .*cannot be told from drift/);
  assert.ok(row.studentT.p < 1e-10);
});

test('a planned mechanism without samples is warned of', () => {
  const batches = effective.batches.filter((batch) => batch.design === 'alternated');
  const { warnings } = analyse({ ...effective, batches });
  assert.is(warnings.length, 1);
  assert.match(warnings[0]?.detail ?? '', /java-hello: bpftrace has no comparison/);
});

test('drift, autocorrelation and unequal variances are told from the samples', () => {
  const drifting = rowOf(makeStudy({ driftNs: 8000, blocks: 30 }), 'bpftrace');
  assert.match(flagOf(drifting, 'drift')?.detail ?? '', /rise within a process's life/);
  const correlated = rowOf(makeStudy({ lag1: 0.5 }), 'bpftrace');
  assert.match(flagOf(correlated, 'autocorrelated')?.detail ?? '', /lag 1: 0\.[45]/);
  const spread = {
    ...effective,
    batches: effective.batches.map((batch) => ({
      ...batch,
      latencyNs: batch.latencyNs.map((ns, i) => (batch.arm[i] === 3 ? 3 * ns - 100_000 : ns)),
    })),
  };
  assert.match(
    flagOf(rowOf(spread, 'bpftrace'), 'unequal-variance')?.detail ?? '',
    /spread about the medians differs as well \(Levene p/,
  );
});

test('a start slower than the rest is told from warm-up that was too short', () => {
  const cold = {
    ...effective,
    batches: effective.batches.map((batch) =>
      batch.block === 0 && batch.phase === 'measure'
        ? { ...batch, latencyNs: batch.latencyNs.map((ns) => ns + 6000) }
        : batch,
    ),
  };
  assert.match(
    flagOf(rowOf(cold, 'bpftrace'), 'unstable-warmup')?.detail ?? '',
    /differs from the rest by [56]\.\d+ µs/,
  );
});

test('flags of the samples rarely show where there is nothing', () => {
  let raised = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const rows = analyse(makeStudy({ seed, perBlock: 20 })).comparisons;
    raised += rows
      .flatMap((row) => row.flags)
      .filter(({ code }) => code === 'drift' || code === 'unstable-warmup').length;
  }
  assert.ok(raised <= 2, `${raised} flags in 80 comparisons`);
});

test.run();
