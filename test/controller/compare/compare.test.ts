import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchError } from '#proto';
import type { Estimate, Results } from '../../../controller/analysis/results.ts';
import { differenceOf, levelOf } from '../../../controller/compare/difference.ts';
import { compareStudies } from '../../../controller/compare/index.ts';
import { forked, withRow } from '../../helpers/pairs.ts';

const test = suite('compare');
const near = (seen: number, wanted: number, what: string) =>
  assert.ok(Math.abs(seen - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)), `${what}: ${seen}, not ${wanted}`);

function estimate(estimateNs: number, lowNs: number, highNs: number, units: number): Estimate {
  return { estimateNs, lowNs, highNs, p: 0.01, confidence: 0.95, units, unit: 'fork' };
}

// scipy 1.17.1: intervals by stats.t.interval, the difference by stats.ttest_ind(b, a, equal_var=False) over
// a = 900 1210 760 1480 1020 1130, b = 1500 1720 1390 2010 1650 1880 1300 1790
const A = estimate(1083.3333333333333, 818.7867258846636, 1347.879940782003, 6);
const B = estimate(1655, 1450.363858240239, 1859.636141759761, 8);
/** A's interval at level 0.021, as a study that was looked at more than once has it */
const A_WIDER = estimate(1083.3333333333333, 741.6248883677625, 1425.0417782989045, 6);

test('the difference is Welch on the forks behind the two intervals', () => {
  for (const [a, level] of [
    [A, 0.05],
    [A_WIDER, 0.021],
  ] as const) {
    const { estimateNs, lowNs, highNs, df, p } = differenceOf(a, B, { a: level, b: 0.05 });
    near(estimateNs, 571.6666666666667, 'difference');
    near(lowNs, 274.8268213875891, 'low');
    near(highNs, 868.5065119457444, 'high');
    near(df, 10.736679893357646, 'df');
    near(p, 0.0014378081616600509, 'p');
  }
});

test('a study that stopped by --until says at which level its intervals are drawn', () => {
  const { study, ...rest } = forked('a');
  const until = { level: 0.021 } as NonNullable<Results['study']['until']>;
  assert.is(levelOf({ ...rest, study: { ...study, until } }), 0.021);
  near(levelOf({ ...rest, study }), 0.05, 'level');
});

test('every cell of both is compared, B less A, with Holm over them', () => {
  const { cells, notCompared, sentence } = compareStudies(forked('a'), forked('b', 400));
  assert.is(cells.length, 6);
  assert.equal(notCompared, []);
  let running = 0;
  for (const [rank, cell] of [...cells].sort((one, other) => one.difference.p - other.difference.p).entries()) {
    running = Math.max(running, Math.min(1, (cells.length - rank) * cell.difference.p));
    assert.is(cell.difference.pHolm, running, `Holm at rank ${rank}`);
  }
  const corrected = cells.filter(({ difference }) => difference.p < 0.05 && difference.pHolm >= 0.05);
  assert.ok(corrected.length > 0, 'no cell tells Holm from none');
  for (const { sentence, verdict } of corrected) {
    assert.is(verdict, 'no-detectable-difference');
    assert.match(sentence, /0 lies outside, but not once corrected/);
  }
  for (const { difference, verdict } of cells) {
    near(difference.estimateNs, 400, 'difference');
    assert.is(verdict, difference.pHolm < 0.05 ? 'larger' : 'no-detectable-difference');
  }
  assert.ok(cells.some(({ verdict }) => verdict === 'larger'));
  assert.ok(cells.some(({ verdict }) => verdict !== 'larger'));
  assert.match(sentence, /^B costs more than A for .*; no detectable difference in \d other cells?\.$/);
  const turned = compareStudies(forked('b', 400), forked('a')).cells;
  assert.equal(
    turned.map(({ verdict }) => verdict === 'smaller'),
    cells.map(({ verdict }) => verdict === 'larger'),
  );
});

test('p99 is compared where it is asked for, and only it', () => {
  const a = forked('a');
  const [first] = compareStudies(a, forked('b'), 'p99').cells;
  assert.is(first?.a.shift, a.comparisons[0]?.shifts.p99);
});

test('a side that makes no claim is told and not compared', () => {
  const fine = forked('a');
  const cases: readonly [string, Results, RegExp][] = [
    [
      'invalid',
      withRow(forked('b'), 0, (c) => ({
        ...c,
        verdict: 'invalid',
        flags: [{ code: 'lost-samples', detail: 'Samples were lost: 3 at ring.' }],
      })),
      /B: it is invalid: Samples were lost: 3 at ring/,
    ],
    ['implausible', withRow(forked('b'), 0, (c) => ({ ...c, verdict: 'implausible' })), /B: it is implausible/],
    ['sequential', withRow(forked('b'), 0, (c) => ({ ...c, design: 'sequential' })), /alternated, B's sequential/],
    [
      'one start',
      withRow(forked('b'), 0, (c) => ({
        ...c,
        shifts: { ...c.shifts, p50: c.shifts.p50 && { ...c.shifts.p50, unit: 'block' } },
      })),
      /B: it has one process start/,
    ],
    [
      'no interval',
      withRow(forked('b'), 0, (c) => ({ ...c, shifts: { ...c.shifts, p50: null } })),
      /B: it has no interval/,
    ],
    ['no A/A', { ...forked('b'), aa: { ...fine.aa, comparisons: [] } }, /B: there is no A\/A to judge it by/],
    [
      'vantage',
      withRow(forked('b'), 0, (c) => ({ ...c, vantage: 'kernel' })),
      /stands at the client, B's at the kernel/,
    ],
    ['absent', { ...forked('b'), comparisons: forked('b').comparisons.slice(1) }, /B did not measure it/],
  ];
  for (const [name, b, pattern] of cases) {
    const { cells, notCompared } = compareStudies(fine, b);
    const first = notCompared.find(({ sut, treated }) => sut === 'java-hello' && treated === 'ld-preload');
    assert.match(first?.reasons.join('; ') ?? '', pattern, name);
    assert.is(first?.lostInB, true, name);
    assert.not.ok(
      cells.some(({ sut, treated }) => sut === 'java-hello' && treated === 'ld-preload'),
      name,
    );
    const turned = compareStudies(b, fine).notCompared[0];
    assert.is(turned?.lostInB, false, `${name}, turned`);
  }
});

test('studies that are not the same work, or the same study, are refused with the reason', () => {
  const a = forked('a');
  const study = (change: Partial<Results['study']>): Results => ({
    ...forked('b'),
    study: { ...a.study, id: 'b', ...change },
  });
  const cases: readonly [Results, RegExp][] = [
    [forked('a'), /both folders hold study a/],
    [study({ action: 'block' }), /observe in A, block in B/],
    [study({ timed: 'requests without a keyword' }), /A times all requests, B requests without a keyword/],
    [
      { ...forked('b'), comparisons: forked('b').comparisons.map((c) => ({ ...c, vantage: 'kernel' as const })) },
      /no cell in common/,
    ],
  ];
  for (const [b, pattern] of cases) {
    try {
      compareStudies(a, b);
      assert.unreachable(String(pattern));
    } catch (error) {
      assert.instance(error, BenchError);
      assert.is((error as BenchError).code, 'usage');
      assert.match((error as BenchError).message, pattern);
      assert.ok((error as BenchError).nextStep.length > 0);
    }
  }
});

test('what else differs is listed, what is equal is not', () => {
  const b = forked('b');
  const [node] = b.nodes;
  assert.ok(node);
  const other: Results = {
    ...b,
    study: { ...b.study, functions: ['read', 'recv'], keywords: 7, hookbenchVersion: '0.2.0' },
    nodes: node ? [{ ...node, id: 'node-9', kernel: '6.18', cpu: 'other' }] : [],
    comparisons: b.comparisons.map((c) => ({ ...c, node: 'node-9' })),
    aa: { ...b.aa, comparisons: b.aa.comparisons.map((c) => ({ ...c, node: 'node-9' })) },
  };
  const { settings, cells } = compareStudies(forked('a'), other);
  const names = settings.map(({ name }) => name);
  assert.equal(names, ['hookbench version', 'functions', 'keywords', 'node', 'kernel', 'CPU']);
  assert.equal(settings[1], { name: 'functions', a: 'read', b: 'read, recv' });
  assert.equal([cells.length, cells[0]?.node, cells[0]?.nodeB], [6, 'node-1', 'node-9']);
  assert.equal(compareStudies(forked('a'), b).settings, []);
});

test('with several nodes only those of one name belong together', () => {
  const two = (id: string, other: string): Results => {
    const one = forked(id);
    const moved = (rows: Results['comparisons']) => [...rows, ...rows.map((c) => ({ ...c, node: other }))];
    return { ...one, comparisons: moved(one.comparisons), aa: { ...one.aa, comparisons: moved(one.aa.comparisons) } };
  };
  const { cells, notCompared } = compareStudies(two('a', 'node-2'), two('b', 'node-3'));
  assert.equal(new Set(cells.map(({ node, nodeB }) => `${node} ${nodeB}`)), new Set(['node-1 node-1']));
  assert.equal([cells.length, notCompared.length], [6, 12]);
});

test.run();
