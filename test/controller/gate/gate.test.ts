import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchError } from '#proto';
import type { Results } from '../../../controller/analysis/results.ts';
import { budgetOf, judge } from '../../../controller/gate/index.ts';
import { meanInterval } from '../../../controller/stats/mean-interval.ts';
import { forked, withRow } from '../../helpers/pairs.ts';
import { random } from '../../helpers/random.ts';

const test = suite('gate');
const FAIL = { sut: null, undecided: 'fail' } as const;

/** the first row, ld-preload on java-hello at the client, with this interval at the median */
function at(lowNs: number, highNs: number): Results {
  return withRow(forked('a'), 0, (c) => {
    const { p50 } = c.shifts;
    assert.ok(p50);
    return { ...c, shifts: { ...c.shifts, p50: p50 && { ...p50, estimateNs: (lowNs + highNs) / 2, lowNs, highNs } } };
  });
}
const gate = (results: Results, text: string, o: Parameters<typeof judge>[2] = FAIL) =>
  judge(results, [budgetOf(text)], o);

test('the grammar: what it means, and what is refused', () => {
  assert.equal(budgetOf('ld-preload:client:p50<5us'), {
    text: 'ld-preload:client:p50<5us',
    subject: 'ld-preload:client',
    statistic: 'p50',
    limitNs: 5000,
  });
  assert.is(budgetOf('ld-preload:simd:read-loop:caller:mean < 0.25 µs').subject, 'ld-preload:simd:read-loop:caller');
  assert.is(budgetOf('x:p99<2ms').limitNs, 2e6);
  for (const text of [
    '',
    'p50<5us',
    'x:p50',
    'x:p50<5',
    'x:p50<0us',
    'x:p50>5us',
    'x:p50<=5us',
    'x:median<5us',
    'x:p50<-1us',
    ':p50<1us',
  ])
    assert.throws(
      () => budgetOf(text),
      (error: unknown) => error instanceof BenchError && error.code === 'usage',
      text,
    );
});

test('passed: wholly below; failed: not below; undecided: the budget inside', () => {
  const outcomes = [
    [1000, 4999, 'passed', true],
    [1000, 5000, 'undecided', false],
    [4000, 6000, 'undecided', false],
    [5000, 6000, 'failed', false],
    [9000, 9500, 'failed', false],
  ] as const;
  for (const [low, high, outcome, passed] of outcomes) {
    const report = gate(at(low, high), 'ld-preload:java-hello:p50<5us');
    assert.equal([report.rows.length, report.rows[0]?.outcome, report.passed], [1, outcome, passed], `${low} ${high}`);
  }
  assert.is(gate(at(4000, 6000), 'ld-preload:java-hello:p50<5us', { sut: null, undecided: 'pass' }).passed, true);
  assert.is(gate(at(5000, 6000), 'ld-preload:java-hello:p50<5us', { sut: null, undecided: 'pass' }).passed, false);
});

test('a budget is about every row it names; SUT, vantage and --sut narrow it', () => {
  const results = forked('a');
  const suts = (text: string, sut: string | null = null) =>
    gate(results, text, { sut, undecided: 'fail' }).rows.map((row) => row.sut);
  assert.equal(suts('ld-preload:p50<1s'), ['java-hello', 'node-hello', 'read-loop']);
  assert.equal(suts('ld-preload:client:p50<1s'), ['java-hello', 'node-hello']);
  assert.equal(suts('ld-preload:caller:p50<1s'), ['read-loop']);
  assert.equal(suts('ld-preload:node-hello:client:p50<1s'), ['node-hello']);
  assert.equal(suts('ld-preload:p50<1s', 'node-hello'), ['node-hello']);
  const simd = withRow(results, 0, (c) => ({ ...c, treated: 'ld-preload:simd' }));
  assert.equal(gate(simd, 'ld-preload:p50<1s', FAIL).rows.length, 2);
  assert.equal(gate(simd, 'ld-preload:simd:java-hello:client:p50<1s', FAIL).rows.length, 1);
});

test('a row that makes no claim is within no budget, however wide', () => {
  const results = at(1, 2);
  const cases: readonly [Results, RegExp][] = [
    [
      withRow(results, 0, (c) => ({
        ...c,
        verdict: 'invalid',
        flags: [{ code: 'parity-miss', detail: 'The hook did not see the same reads: 1 of 2.' }],
      })),
      /did not see the same reads/,
    ],
    [withRow(results, 0, (c) => ({ ...c, verdict: 'implausible' })), /implausible/],
    [withRow(results, 0, (c) => ({ ...c, design: 'sequential' })), /one after the other/],
    [withRow(results, 0, (c) => ({ ...c, shifts: { ...c.shifts, p50: null } })), /no interval of p50/],
    [{ ...results, aa: { ...results.aa, comparisons: [] } }, /no A\/A/],
  ];
  for (const [broken, pattern] of cases) {
    const report = gate(broken, 'ld-preload:java-hello:p50<1s', { sut: null, undecided: 'pass' });
    assert.equal([report.passed, report.rows[0]?.outcome], [false, 'unusable'], String(pattern));
    assert.match(report.rows[0]?.sentence ?? '', pattern);
  }
});

test('deciles are judged by the band of the shift function, others refused with what there is', () => {
  const shiftFunction = {
    probabilities: [0.1, 0.9],
    shiftNs: [10, 900],
    bandLowNs: [5, 800],
    bandHighNs: [15, 1000],
    confidence: 0.95,
  };
  const results = withRow(forked('a'), 0, (c) => ({ ...c, shiftFunction }));
  assert.is(gate(results, 'ld-preload:java-hello:p90<1001ns').passed, true);
  assert.is(gate(results, 'ld-preload:java-hello:p90<1000ns').rows[0]?.outcome, 'undecided');
  assert.is(gate(results, 'ld-preload:java-hello:p90<800ns').rows[0]?.outcome, 'failed');
  assert.throws(
    () => gate(results, 'ld-preload:java-hello:p95<1ms'),
    (error: unknown) => error instanceof BenchError && /mean, p10, p50, p90, p99/.test(error.nextStep),
  );
});

test('what was not measured is bad input, with the list of what was', () => {
  for (const text of ['bpf:p50<1us', 'ld-preload:kernel:p50<1us', 'ld-preload:redis:p50<1us', 'ld-prel:p50<1us'])
    assert.throws(
      () => gate(forked('a'), text),
      (error: unknown) =>
        error instanceof BenchError && error.code === 'usage' && error.detail.includes('ld-preload:read-loop:caller'),
      text,
    );
});

test('every budget must be kept', () => {
  const results = at(1000, 2000);
  const budgets = ['ld-preload:java-hello:p50<5us', 'ld-preload:java-hello:p50<1us'].map(budgetOf);
  const report = judge(results, budgets, FAIL);
  assert.equal([report.passed, report.sentence], [false, 'Gate failed: 1 passed, 1 failed of 2 checks.']);
});

test('a hook that costs just its budget passes in some 2.5 % of studies', () => {
  const draw = random(99);
  const many = 2_000;
  let passed = 0;
  for (let i = 0; i < many; i++) {
    const units = Float64Array.from({ length: 6 }, () => 5_000 + 700 * draw.normal());
    const { low, high } = meanInterval(units, 0.95);
    if (gate(at(low, high), 'ld-preload:java-hello:p50<5us').passed) passed += 1;
  }
  // sd 0.0035
  assert.ok(Math.abs(passed / many - 0.025) < 0.012, `passed ${passed / many}`);
});

test.run();
