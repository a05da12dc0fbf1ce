/** compare and gate as they are called: exit codes, forms, what is said of bad input. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Results } from '../../../controller/analysis/results.ts';
import type { StudyComparison } from '../../../controller/compare/index.ts';
import type { GateReport } from '../../../controller/gate/index.ts';
import { runCli } from '../../helpers/cli.ts';
import { forked } from '../../helpers/pairs.ts';

const dir = mkdtempSync(join(tmpdir(), 'hookbench-test-compare-'));
process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
const stored = (results: Results) => {
  const folder = join(dir, results.study.id);
  mkdirSync(folder);
  writeFileSync(join(folder, 'results.json'), JSON.stringify(results));
  return folder;
};
const A = stored(forked('a'));
const B = stored(forked('b', 400));
const OTHER = stored({ ...forked('c'), study: { ...forked('c').study, action: 'block' } });
const UNUSABLE = stored({
  ...forked('d'),
  comparisons: forked('d').comparisons.map((c) => ({ ...c, verdict: 'implausible' as const })),
});

const test = suite('cli compare and gate');

test('compare: 0 with a difference, 1 where it must not be, JSON as the contract says', async () => {
  const plain = await runCli(['compare', A, B]);
  assert.is(plain.exitCode, 0, plain.stderr);
  assert.match(plain.stdout, /▲ larger in B/);
  const json = await runCli(['compare', A, B, '--json', '--fail-on-regression']);
  assert.is(json.exitCode, 1);
  const told = JSON.parse(json.stdout) as StudyComparison;
  assert.equal([told.schema, told.statistic, told.cells.length], ['hookbench.comparison/v1', 'p50', 6]);
  const turned = await runCli(['compare', B, A, '--fail-on-regression', '--quiet']);
  assert.is(turned.exitCode, 0);
  assert.match(turned.stdout, /^B costs less than A for [^\n]*$/);
});

test('compare: 2 for what cannot be compared, with the reason and the next step', async () => {
  for (const [other, pattern] of [
    [OTHER, /observe in A, block in B[\s\S]*next: /],
    [join(dir, 'gone'), /gone holds no results\.json/],
  ] as const) {
    const { exitCode, stdout, stderr } = await runCli(['compare', A, other]);
    assert.equal([exitCode, stdout], [2, ''], stderr);
    assert.match(stderr, pattern);
  }
});

test('compare: nothing that could be compared is told in full, and is no success', async () => {
  const { exitCode, stdout } = await runCli(['compare', A, UNUSABLE, '--fail-on-regression']);
  assert.is(exitCode, 2);
  assert.match(
    stdout,
    /Not compared\n {2}! ld-preload on java-hello .*B: it is implausible[\s\S]*Nothing could be compared; 6 cells/,
  );
});

test('gate: 0 within, 1 past or undecided, 2 for what was not measured', async () => {
  const within = await runCli(['gate', A, '--max', 'ld-preload:client:p50<1ms', '--json']);
  assert.is(within.exitCode, 0, within.stderr);
  const report = JSON.parse(within.stdout) as GateReport;
  assert.equal([report.schema, report.passed, report.rows.length], ['hookbench.gate/v1', true, 2]);
  const shift = forked('a').comparisons[0]?.shifts.p50;
  assert.ok(shift);
  const inside = `ld-preload:java-hello:p50<${Math.round(shift?.estimateNs ?? 0)}ns`;
  const undecided = await runCli(['gate', A, '--max', inside, '--quiet']);
  assert.equal([undecided.exitCode, undecided.stdout.trim()], [1, 'Gate failed: 1 undecided of 1 check.']);
  assert.is((await runCli(['gate', A, '--max', inside, '--undecided', 'pass'])).exitCode, 0);
  const missing = await runCli(['gate', A, '--max', 'bpf:p50<1ms']);
  assert.equal([missing.exitCode, missing.stdout], [2, '']);
  assert.match(missing.stderr, /ld-preload:java-hello:client, bpftrace:java-hello:client/);
});

test('check --quiet is one line that names what is not met', async () => {
  const { exitCode, stdout } = await runCli(['check', A, '--quiet']);
  assert.equal([exitCode, stdout.trim()], [0, 'a: 6 met, 2 not met (R4, R10), 2 not applicable']);
});

test.run();
