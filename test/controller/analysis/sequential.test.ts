import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import { longRun } from '../../../controller/analysis/long-run.ts';
import type { Comparison, FlagCode, Results } from '../../../controller/analysis/results.ts';
import { type ImportedFile, importedStudy } from '../../../controller/import/study.ts';
import { random } from '../../helpers/random.ts';
import { near, nearRelative } from '../../oracle/near.ts';

const test = suite('analysis: sequential arms');

/** n values of an AR(1) process around a level, drifting by driftNs from first to last */
function series(seed: number, o: { n?: number; lag1?: number; levelNs?: number; driftNs?: number } = {}): Float64Array {
  const { n = 4000, lag1 = 0.5, levelNs = 1e6, driftNs = 0 } = o;
  const { normal } = random(seed);
  let state = normal();
  return Float64Array.from({ length: n }, (_, i) => {
    state = lag1 * state + Math.sqrt(1 - lag1 ** 2) * normal();
    return levelNs + 50_000 * state + (driftNs * i) / n;
  });
}

function file(arm: 0 | 1, responseNs: Float64Array, startS: number): ImportedFile {
  const startTimeS = responseNs.map((_, i) => startS + i * 0.002);
  return { arm, condition: 'lab', file: `${arm}.csv`, rows: { startTimeS, responseNs, badRows: 0, firstBad: '' } };
}

function compared(files: readonly ImportedFile[]): { row: Comparison; results: Results } {
  const results = analyse(importedStudy(files, { warmup: 0, command: 'hookbench analyze' }));
  return { row: results.comparisons[0] as Comparison, results };
}

const flagsOf = (row: Comparison): readonly FlagCode[] => row.flags.map(({ code }) => code);

test('the long-run standard error of an AR(1) mean is its closed form, on average', () => {
  for (const lag1 of [0, 0.5, 0.9]) {
    const exact = 50_000 * Math.sqrt((1 + lag1) / (1 - lag1) / 4000);
    const seen = Array.from({ length: 40 }, (_, seed) => longRun(series(seed, { lag1 }))?.standardError ?? 0);
    const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
    assert.ok(Math.abs(mean / exact - 1) < 0.12, `lag 1 ${lag1}: ${mean} instead of ${exact}`);
  }
});

test('a constant series has no error, a short one no answer, and alternation never counts in its favour', () => {
  assert.equal(longRun(new Float64Array(100).fill(3)), { mean: 3, standardError: 0, effectiveN: 100 });
  assert.is(longRun(new Float64Array(49)), null);
  const alternating = longRun(Float64Array.from({ length: 1000 }, (_, i) => i % 2));
  near(alternating?.standardError ?? 0, Math.sqrt((0.25 * 1000) / 999 / 1000));
});

test('two equal runs are told apart in about 5 % of studies, by the pooled t-test in far more', () => {
  let claimed = 0;
  let pooled = 0;
  const studies = 150;
  for (let seed = 0; seed < studies; seed++) {
    const files = [file(0, series(2 * seed, { lag1: 0.8 }), 0), file(1, series(2 * seed + 1, { lag1: 0.8 }), 10)];
    const { row } = compared(files);
    if ((row.block?.p ?? 1) < 0.05) claimed++;
    if (row.studentT.p < 0.05) pooled++;
  }
  const told = `${claimed} of ${studies} by the interval, ${pooled} by the pooled t-test`;
  console.log(`equal runs, lag 1 = 0.8: ${told} claim a difference`);
  assert.ok(claimed >= 1 && claimed <= 16, told);
  assert.ok(pooled > 45, told);
});

test('slower: overhead, but never without saying that runs in no random order cannot carry the claim', () => {
  const { row, results } = compared([file(0, series(1), 0), file(1, series(2, { levelNs: 1.05e6 }), 10)]);
  assert.is(row.verdict, 'overhead');
  assert.match(
    row.sentence,
    /^hook seems to add \d\d\.\d+ µs \[.*\] to the client's mean; .*halves agree; .*cannot be told from drift\.$/,
  );
  assert.equal([row.block?.statistic, row.block?.unit], ['mean', 'effective-request']);
  assert.equal(flagsOf(row), ['arms-not-interleaved', 'few-forks', 'autocorrelated']);
  assert.ok(results.aa.passed);
  assert.match(results.aa.sentence, /no A\/A arm; .*second half against its first.*no more than chance/);
  assert.ok(row.minimumDetectableNs && row.requiredSamples && row.requiredSamples < row.n);
});

test('faster: implausible; the same: no detectable difference, with what could have been seen', () => {
  const faster = compared([file(0, series(1), 0), file(1, series(2, { levelNs: 0.95e6 }), 10)]).row;
  assert.is(faster.verdict, 'implausible');
  assert.match(faster.sentence, /a hook can't make anything faster.*cannot be told from drift/);
  assert.ok(flagsOf(faster).includes('negative-overhead'));
  const same = compared([file(0, series(1), 0), file(1, series(2), 10)]).row;
  assert.is(same.verdict, 'no-detectable-difference');
  assert.match(same.sentence, /a true shift of \d+\.\d+ µs would be found 4 times in 5 between two such runs/);
});

test('a baseline whose halves differ by as much as the arms lets nothing be claimed; by far less, it is told', () => {
  const drifting = series(1, { driftNs: 60_000 });
  const small = compared([file(0, drifting, 0), file(1, series(2, { levelNs: 1.06e6 }), 10)]);
  assert.is(small.row.verdict, 'invalid');
  assert.ok(['drift', 'aa-failed'].every((code) => flagsOf(small.row).includes(code as FlagCode)));
  assert.match(small.row.sentence, /^No claim about hook, whose run differs by .*own halves differ by as much/);
  assert.not(small.results.aa.passed);
  const large = compared([file(0, drifting, 0), file(1, series(2, { levelNs: 1.5e6 }), 10)]).row;
  assert.is(large.verdict, 'overhead');
  assert.ok(flagsOf(large).includes('drift') && !flagsOf(large).includes('aa-failed'));
  assert.match(large.sentence, /halves differ, though by less/);
});

test('a treated arm that drifts is flagged too, by name', () => {
  const { row } = compared([file(0, series(1), 0), file(1, series(2, { driftNs: 60_000 }), 10)]);
  assert.match(row.flags.find(({ code }) => code === 'drift')?.detail ?? '', /^The treated arm does not hold still/);
});

test('arms are apart where the break between them is long, by the files’ own clock and in either order', () => {
  const apart = (startS: number) => compared([file(0, series(1), 100_000), file(1, series(2), startS)]).row;
  const flagAt = (startS: number) => apart(startS).flags.find(({ code }) => code === 'arms-apart')?.detail;
  assert.match(flagAt(100_008 + 7467) ?? '', /^The treated arm began 2 h 4 min after the baseline arm had ended/);
  assert.match(flagAt(100_000 - 3608) ?? '', /^The baseline arm began 1 h 0 min after the treated arm had ended/);
  assert.match(flagAt(100_008 + 40) ?? '', /neither took longer than 8\.0 s/);
  assert.is(flagAt(100_008 + 20), undefined);
  assert.is(flagAt(100_004), undefined);
});

test('with several runs in each arm the run is the unit, so runs that differ hide what one pair would claim', () => {
  const levels = [0, 40_000, -30_000, 20_000];
  const runs = (arm: 0 | 1, shiftNs: number) =>
    levels.map((level, i) => file(arm, series(10 * i + arm, { levelNs: 1e6 + level + shiftNs }), 10 * i));
  const { row } = compared([...runs(0, 0), ...runs(1, 20_000)]);
  assert.equal([row.block?.unit, row.block?.units, row.block?.forks], ['run', 4, 4]);
  assert.is(row.verdict, 'no-detectable-difference');
  assert.not(flagsOf(row).includes('few-forks'));
  const one = compared([file(0, series(0), 0), file(1, series(1, { levelNs: 1.02e6 }), 10)]).row;
  assert.is(one.verdict, 'overhead');
});

test('Welch over runs is scipy’s', () => {
  // scipy 1.10.1: ttest_ind([1010, 1050], [1000, 1030, 1001], equal_var=False), in µs
  const runs = (arm: 0 | 1, levels: readonly number[]) =>
    levels.map((level, i) =>
      file(
        arm,
        Float64Array.from({ length: 100 }, (_, k) => 1000 * level + (k % 2 ? 500 : -500)),
        10 * i,
      ),
    );
  const { row } = compared([...runs(0, [1000, 1030, 1001]), ...runs(1, [1010, 1050])]);
  nearRelative(row.block?.p ?? 0, WELCH_P, 1e-9);
});

const WELCH_P = 0.4961242972596821;

test.run();
