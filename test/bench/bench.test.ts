// The bench: its numbers are of the machine, but its shape, its statistics and its exit codes are not.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { firstKeyword } from '../conformance/search.ts';
import { buildLibrary, ROOT } from '../helpers/preload.ts';
import { needs } from '../helpers/require.ts';
import { medianInterval } from './estimate.ts';
import { KEYWORDS } from './placed-rows.ts';
import { startBenchProcess } from './process.ts';
import { type Cell, type RowResult, resultsOf } from './result.ts';
import { ROW } from './rows.ts';
import { tableOf } from './table.ts';
import { targetLines } from './targets.ts';

const bench = suite('bench:hooks');

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', join(ROOT, 'test', 'bench', 'main.ts'), ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 60_000,
  });

bench('the interval of a median has the ranks of the tables', () => {
  const upTo = (n: number) => Float64Array.from({ length: n }, (_, i) => n - i);
  const ranks = (n: number) => {
    const { ns, lowNs, highNs } = medianInterval(upTo(n), 0.95);
    return [lowNs, ns, highNs];
  };
  // Conover 1999, table A3 (binomial, p = 1/2); the same from Python's math.comb
  assert.equal(ranks(6), [1, 3.5, 6]);
  assert.equal(ranks(10), [2, 5.5, 9]);
  assert.equal(ranks(20), [6, 10.5, 15]);
  assert.equal(ranks(48), [17, 24.5, 32]);
  assert.ok(Math.abs(medianInterval(upTo(10), 0.95).confidence - 0.978515625) < 1e-12);
  assert.ok(medianInterval(upTo(3), 0.95).confidence === 0.75, 'so few rounds allow no more, and it says so');
});

const of = { transport: 'local', bytes: 87, hit: false } as const;
const cell = (ns: number): Cell => ({
  of,
  baseNs: 900,
  added: { ns, lowNs: ns - 10, highNs: ns + 10, rounds: 48, confidence: 0.95 },
  ratio: (900 + ns) / 900,
  ofReference: null,
  bystander: null,
});
const row = (id: string, ns: number): RowResult => ({ id, title: id, cells: [cell(ns)], missing: null });

bench('a target is reached, not reached, or not measured', () => {
  const rows = [
    row(ROW.reference, 1500),
    row(ROW.fullSimd, 90),
    row(ROW.fullAc, 300),
    row(ROW.plainAgain, 3),
    row(ROW.interposition, 9),
  ];
  const said = targetLines([...rows, row(ROW.bpfFull, 800)]).map(({ reached }) => reached);
  assert.equal(said, [true, null, false, true, null, true, null]);
  const [simd, , ac, alone] = targetLines([...rows.slice(0, 4), row(ROW.interposition, 40)]);
  assert.is(simd!.text, "library full, simd ≤ 1/15 of the reference hook's: 1/16.7, reached");
  assert.is(ac!.text, "library full, ac ≤ 1/6 of the reference hook's: 1/5, not reached");
  assert.is(alone!.reached, false);
});

bench('rounds become the median of their differences, beside their own base', () => {
  const rounds = [100, 130, 90, 110, 120, 105, 1000].map((added, i) => ({
    row: ROW.fullAc as string,
    of,
    baseNs: 900 + 10 * i,
    withNs: 900 + 10 * i + added,
    bystander: null,
  }));
  const rows = [
    { kind: 'attached', id: ROW.fullAc, title: 'ac', attach: async () => ({ detach: async () => null }) } as const,
    { kind: 'missing', id: 'gone', title: 'gone', reason: 'no clang' } as const,
  ];
  const [ac, gone] = resultsOf(rows, [{ rounds, failed: new Map() }], [of]);
  assert.is(ac!.cells[0]!.added.ns, 110);
  assert.is(ac!.cells[0]!.baseNs, 930);
  assert.is(ac!.cells[0]!.ratio, 1040 / 930);
  assert.is(gone!.missing, 'no clang');
  assert.match(tableOf([ac!, gone!], [of]), /ac +930 ns +\+110 ns +\[\+90, \+1,000\] +1\.12/);
  assert.match(tableOf([ac!, gone!], [of]), /gone +– no clang/);
});

bench('requests hold a keyword when they should and none when not', async () => {
  const one = await startBenchProcess({}, null);
  try {
    for (const bytes of [87, 1400])
      for (const hit of [false, true]) {
        const text = await one.request({ transport: 'local', bytes, hit });
        assert.is(text.length, bytes);
        assert.is(firstKeyword(KEYWORDS, text) !== null, hit);
      }
  } finally {
    await one.end();
  }
});

bench(
  'a quick run has every row that was asked for, with intervals around its numbers, and another library as one more',
  () => {
    const library = buildLibrary();
    const { stdout, stderr, status } = run(
      '--quick',
      '--rows',
      'aa,full-ac,reference',
      '--preload',
      library,
      '--seed',
      '1',
      '--json',
    );
    assert.is(status, 0, stderr);
    const { schema, seed, rows, targets } = JSON.parse(stdout) as {
      schema: string;
      seed: number;
      rows: RowResult[];
      targets: { text: string }[];
    };
    assert.equal([schema, seed], ['hookbench.bench/v1', 1]);
    assert.equal(
      rows.map(({ id, missing }) => [id, missing]),
      [
        ['aa', null],
        ['full-ac', null],
        ['reference', null],
        [`preload:${library}`, null],
      ],
    );
    assert.is(targets.length, 7);
    for (const { cells } of rows) {
      assert.is(cells.length, 8);
      for (const { baseNs, added, ratio } of cells) {
        assert.ok(baseNs > 0 && added.lowNs <= added.ns && added.ns <= added.highNs && added.rounds === 8 && ratio > 0);
      }
    }
  },
);

const withProbes = needs('ebpf', 'bpf-build') ? bench : bench.skip;

withProbes('action trace has rows beside observe, and their hooks saw every keyword', () => {
  const ids = ['full-ac', 'full-ac-trace', 'bpf-full', 'bpf-full-trace'];
  const { stdout, stderr, status } = run('--quick', '--rows', ids.join(','), '--seed', '2', '--json');
  assert.is(status, 0, stderr);
  const { rows } = JSON.parse(stdout) as { rows: RowResult[] };
  assert.equal(
    rows.map(({ id, missing }) => [id, missing]),
    ids.map((id) => [id, null]),
  );
  for (const { cells } of rows) assert.is(cells.filter(({ of }) => of.hit).length, 4);
});

bench('what it does not understand it refuses, and says what there is', () => {
  const unknown = run('--rows', 'nonsense');
  assert.is(unknown.status, 2);
  assert.match(unknown.stderr, /no row 'nonsense'; there are: aa, interposition/);
  assert.is(run('--preload', '/nowhere.so').status, 2);
  const help = run('--help');
  assert.is(help.status, 0);
  assert.match(help.stdout, /Examples:/);
});

bench.run();
