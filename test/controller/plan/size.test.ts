import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { forkVariance, proposeSize, type SizeGoal } from '../../../controller/plan/size.ts';
import { type PilotVariance, pilotVariances } from '../../../controller/plan/variance.ts';
import { varianceBound } from '../../../controller/plan/variance-bound.ts';
import { meanInterval } from '../../../controller/stats/mean-interval.ts';
import { powerAfterPilot } from '../../../controller/stats/pilot-power.ts';
import { tTwoSidedP } from '../../../controller/stats/student.ts';
import { random } from '../../helpers/random.ts';
import { makeStudy } from '../../helpers/study.ts';

const test = suite('plan: size');

/** 1 µs between forks, 0.8 µs between blocks, 2 µs of a block's 250 requests; mean squares as they are expected */
const PILOT: PilotVariance = {
  ...{ sut: 'java-hello', treated: 'ld-preload', design: 'alternated', condition: 'process', node: 'node-1' },
  shiftNs: 0,
  forks: { value: 1000 ** 2 + (800 ** 2 + 2000 ** 2) / 2, df: 5 },
  blocks: { value: 800 ** 2 + 2000 ** 2, df: 6 },
  requests: { value: 2000 ** 2, df: 36 },
  ...{ blocksPerFork: 2, requestsPerBlock: 250, kept: 1 },
};

const GOAL: SizeGoal = {
  ...{ detectNs: 1000, power: 0.8, alpha: 0.05, mostMs: 3_600_000, mostForks: 1000, unitSamples: 1 },
  forkMs: (blocks, perBlock) => 3000 + blocks * perBlock * 0.1,
};

test('the bound of a variance is that of chi square', () => {
  // df / scipy.stats.chi2.ppf(1 - share, df), scipy 1.17.1
  for (const [df, share, ratio] of [
    [3, 0.8, 2.9845578587],
    [5, 0.8, 2.1344404594],
    [5, 0.9, 3.104996088],
    [5, 0.1, 0.54133897751],
    [10, 0.8, 1.6183640937],
    [1.37, 0.8, 7.8807099973],
  ] as const) {
    const bound = varianceBound(100, df, share) / 100;
    assert.ok(Math.abs(bound / ratio - 1) < 1e-9, `df ${df}, ${share}: ${bound}`);
  }
});

test('the variance of a fork is the sum of its components', () => {
  const at = (blocks: number, perBlock: number) => forkVariance(PILOT, blocks, perBlock);
  assert.ok(Math.abs(at(2, 250).value - PILOT.forks.value) < 1e-6, 'the pilot itself');
  assert.ok(Math.abs(at(2, 250).df - 5) < 1e-9);
  assert.ok(Math.abs(at(8, 1000).value - (1000 ** 2 + (800 ** 2 + 2000 ** 2 / 4) / 8)) < 1e-6);
  const noForks = { ...PILOT, forks: { value: 1, df: 5 } };
  assert.ok(Math.abs(forkVariance(noForks, 4, 250).value - (800 ** 2 + 2000 ** 2) / 4) < 1e-6, 'none is negative');
});

test('the proposal is the cheapest: more requests where starts are dear, more forks where they are not', () => {
  const cheapStart = proposeSize(PILOT, { ...GOAL, forkMs: (blocks, perBlock) => 1 + blocks * perBlock });
  const dearStart = proposeSize(PILOT, { ...GOAL, forkMs: (blocks, perBlock) => 60_000 + blocks * perBlock * 0.01 });
  assert.is(cheapStart.kind, 'reachable');
  assert.is(dearStart.kind, 'reachable');
  assert.ok(cheapStart.forks > dearStart.forks, `${cheapStart.forks} and ${dearStart.forks}`);
  assert.ok(cheapStart.blocks * cheapStart.perBlock < dearStart.blocks * dearStart.perBlock);
  assert.is(dearStart.expectedMs, dearStart.forks * (60_000 + dearStart.blocks * dearStart.perBlock * 0.01));
});

test('a smaller effect, more power or a stricter level needs more; units of work stay whole', () => {
  const forksFor = (over: Partial<SizeGoal>) => proposeSize(PILOT, { ...GOAL, ...over }).expectedMs;
  assert.ok(forksFor({ detectNs: 500 }) > forksFor({}));
  assert.ok(forksFor({ power: 0.95 }) > forksFor({}));
  assert.ok(forksFor({ alpha: 0.01 }) > forksFor({}));
  assert.is(proposeSize({ ...PILOT, kept: 0.7 }, { ...GOAL, unitSamples: 20 }).perBlock % 20, 0);
});

test('what is out of reach is said to be, with what is within it', () => {
  const goal = { ...GOAL, detectNs: 10 };
  const proposal = proposeSize(PILOT, { ...goal, mostMs: 120_000 });
  assert.is(proposal.kind, 'unreachable');
  if (proposal.kind !== 'unreachable') return;
  assert.ok(proposal.detectableNs > 10 && proposal.detectableNs < 2000, String(proposal.detectableNs));
  assert.ok(proposal.expectedMs <= 120_000 && proposal.forks >= 4);
  const again = proposeSize(PILOT, { ...goal, mostMs: 120_000, detectNs: proposal.detectableNs * 1.02 });
  assert.is(again.kind, 'reachable', 'and that can be had');
  assert.is(proposeSize(PILOT, { ...goal, mostMs: 1000 }).forks, 0, 'no time for 4 forks');
});

test('four in five proposals from small pilots have the power asked for, by simulation', () => {
  const dice = random(5);
  const size = { blocks: 2, perBlock: 200 };
  // fork means of sd 1 µs; the pilot knows them from 6 forks only
  const enough = Array.from({ length: 150 }, () => {
    const seen =
      meanInterval(
        Float64Array.from({ length: 6 }, () => 1000 * dice.normal()),
        0.95,
      ).sd ** 2;
    const pilot: PilotVariance = { ...PILOT, forks: { value: seen, df: 5 }, blocks: null, requests: null };
    const proposal = proposeSize({ ...pilot, blocksPerFork: size.blocks, requestsPerBlock: size.perBlock }, GOAL);
    return proposal.kind === 'reachable' && proposal.forks >= FORKS_FOR_TRUTH;
  }).filter(Boolean).length;
  // 150 draws of 0.8: 4 standard errors are 13 %
  assert.ok(enough / 150 > 0.67 && enough / 150 < 0.93, `${enough} of 150`);
});

/** statsmodels 0.14 TTestPower().solve_power(effect_size=1, alpha=0.05, power=0.8) = 9.9379 */
const FORKS_FOR_TRUTH = 10;

/** a pilot of which only the forks' means are known */
function pilotOf(value: number, df: number): PilotVariance {
  return { ...PILOT, forks: { value, df }, blocks: null, requests: null, blocksPerFork: 1, requestsPerBlock: 50 };
}

test('the power asked for is had over pairs of pilot and study, also where the bound on the variance is not enough', () => {
  for (const [power, df] of [
    [0.8, 3],
    [0.95, 3],
    [0.95, 5],
    [0.99, 5],
  ] as const) {
    const proposal = proposeSize(pilotOf(1000 ** 2, df), { ...GOAL, power, mostMs: 1e12, mostForks: 100_000 });
    assert.is(proposal.kind, 'reachable');
    const at = (forks: number) => powerAfterPilot((GOAL.detectNs * Math.sqrt(forks)) / 1000, df, forks - 1);
    assert.ok(at(proposal.forks) >= power, `${power} with df ${df}: ${at(proposal.forks)}`);
  }
});

test('and a study of the size proposed finds the shift so often, by simulation', () => {
  const dice = random(11);
  const meanOf = (forks: number, sd: number) =>
    meanInterval(
      Float64Array.from({ length: forks }, () => sd * dice.normal()),
      0.95,
    );
  const pairs = 200;
  let found = 0;
  for (let pair = 0; pair < pairs; pair++) {
    // fork means of sd 0.5 … 1.5 µs, known from 4 forks
    const sdNs = 500 + (pair % 3) * 500;
    const pilot = pilotOf(meanOf(4, sdNs).sd ** 2, 3);
    const { forks } = proposeSize(pilot, { ...GOAL, mostMs: 1e12, mostForks: 100_000 });
    const { mean, standardError } = meanOf(forks, sdNs);
    if (tTwoSidedP((GOAL.detectNs + mean) / standardError, forks - 1).p < 0.05) found++;
  }
  assert.ok(found / pairs > 0.75, `${found} of ${pairs}`);
});

test('the components of a made-up pilot are found, in both designs', () => {
  const study = makeStudy({ forks: 40, blocks: 6, perBlock: 80, noiseSdNs: 2000, forkShiftSdNs: 1500 });
  const rows = pilotVariances(study);
  assert.equal(rows.map(({ treated, design }) => `${treated} ${design}`).sort(), [
    'bpftrace sliced',
    'ld-preload alternated',
  ]);
  // the difference of two medians of 80 normal values: 2 · π/2 · σ²/80
  const requests = (Math.PI * 2000 ** 2) / 80;
  for (const row of rows) {
    const ratio = (found: number | undefined, expected: number) => (found ?? 0) / expected;
    assert.ok(
      Math.abs(ratio(row.requests?.value, requests) - 1) < 0.25,
      `${row.treated} requests ${row.requests?.value}`,
    );
    assert.ok(Math.abs(ratio(row.blocks?.value, requests) - 1) < 0.35, `${row.treated} blocks ${row.blocks?.value}`);
    assert.ok(
      Math.abs(ratio(row.forks.value, 1500 ** 2 + requests / 6) - 1) < 0.6,
      `${row.treated} forks ${row.forks.value}`,
    );
    assert.is(row.requestsPerBlock, 80);
    assert.ok(Math.abs(row.blocksPerFork - 6) < 1e-9);
    assert.is(row.kept, 1);
  }
});

test.run();
