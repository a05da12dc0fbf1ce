import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Comparison, Recommendation, Results } from '../../../controller/analysis/results.ts';
import { newOutDir, runCli } from '../../helpers/cli.ts';
import { nearRelative } from '../../oracle/near.ts';
import { paperFiles } from '../../oracle/paper-data.ts';

const out = newOutDir();
process.on('exit', () => rmSync(out, { recursive: true, force: true }));

const test = suite('cli: analyze CSVs');
const paper = paperFiles();
if (paper.kind === 'absent') console.log(`the paper's data is skipped: ${paper.why}`);
const withPaper = paper.kind === 'present' ? test : test.skip;

async function analysed(args: readonly string[]): Promise<Results> {
  const { exitCode, stdout, stderr } = await runCli(['analyze', ...args, '--json']);
  assert.is(exitCode, 0, stderr);
  return JSON.parse(stdout) as Results;
}

function only(results: Results): Comparison {
  assert.is(results.comparisons.length, 1);
  return results.comparisons[0] as Comparison;
}

withPaper('the paper’s EKS pod data: its t, p and s_p (scipy 1.10.1), implausible, with the reasons', async () => {
  if (paper.kind === 'absent') return;
  const { baseline, treated } = paper.eksPod;
  const row = only(await analysed(['--baseline', baseline, '--treated', treated, '--condition', 'eks-pod']));
  assert.equal([row.n, row.baselineN, row.warmupDropped, row.condition], [46_000, 46_000, 4000, 'eks-pod']);
  nearRelative(row.studentT.t, -10.667536607538116, 1e-12);
  nearRelative(row.studentT.p, 1.4966380274597944e-26, 1e-11);
  nearRelative(row.studentT.pooledSdNs, 1_639_599.9346687656, 1e-13);
  assert.is(row.mannWhitney.u, 1_135_987_123);
  assert.is(row.verdict, 'implausible');
  const codes = row.flags.map(({ code }) => code);
  for (const code of ['arms-not-interleaved', 'arms-apart', 'drift', 'autocorrelated', 'negative-overhead'] as const)
    assert.ok(codes.includes(code), code);
  assert.match(row.flags.find(({ code }) => code === 'arms-apart')?.detail ?? '', /began 2 h 4 min after/);
});

withPaper('the paper’s Docker data: its t and s_p, and a baseline that differs from itself', async () => {
  if (paper.kind === 'absent') return;
  const { baseline, treated } = paper.docker;
  const results = await analysed(['--baseline', baseline, '--treated', treated, '--warmup', '4000']);
  const row = only(results);
  assert.is(row.n, 46_000);
  nearRelative(row.studentT.t, 87.53841135329156, 1e-12);
  nearRelative(row.studentT.pooledSdNs, 496_399.31609072996, 1e-12);
  nearRelative(row.studentT.log10P, -1600.3381844305857, 1e-10);
  assert.match(row.flags.find(({ code }) => code === 'drift')?.detail ?? '', /The baseline arm .*−206\.41 µs/);
  assert.is(row.verdict, 'invalid');
  nearRelative(results.aa.comparisons[0]?.meanShiftNs ?? 0, -206_405.2309999429, 1e-9);
});

withPaper('both conditions at once are one study, corrected together', async () => {
  if (paper.kind === 'absent') return;
  const pairs = [paper.docker, paper.eksPod].flatMap(({ baseline, treated }, i) => [
    ...['--condition', ['docker', 'eks-pod'][i] ?? ''],
    ...['--baseline', baseline, '--treated', treated],
  ]);
  const results = await analysed(pairs);
  assert.equal(
    results.comparisons.map(({ condition, verdict }) => [condition, verdict]),
    [
      ['docker', 'invalid'],
      ['eks-pod', 'implausible'],
    ],
  );
  assert.is(results.aa.comparisons.length, 2);
  assert.is(results.recommendations.find(({ id }) => id === 'R10')?.status, 'met');
});

/** a CSV with n rows; every 7th in another place of its cycle, so that nothing repeats */
function csv(
  name: string,
  o: { n?: number; plusMs?: number; startS?: number; form?: (rows: string) => string | Buffer } = {},
): string {
  const { n = 400, plusMs = 0, startS = 1000, form = (rows: string) => rows } = o;
  const rows = Array.from({ length: n }, (_, i) => `${startS + i / 100},${1 + plusMs + ((i * 7919) % 101) / 1000}`);
  const path = join(out, name);
  writeFileSync(path, form(`start_time,response_time\n${rows.join('\n')}\n`));
  return path;
}

test('with --out: results, report and samples, on which analyze, report and check work again', async () => {
  const dir = join(out, 'kept');
  const pair = [
    '--baseline',
    csv('a.csv'),
    '--treated',
    csv('b.csv.gz', { plusMs: 0.5, form: (rows) => gzipSync(rows) }),
  ];
  const first = await runCli(['analyze', ...pair, '--out', dir]);
  assert.is(first.exitCode, 0, first.stderr);
  assert.match(first.stdout, /▲ overhead[\s\S]*hook seems to add/);
  const results = readFileSync(join(dir, 'results.json'), 'utf8');
  assert.match(readFileSync(join(dir, 'report.html'), 'utf8'), /<svg/);
  for (const name of ['a.csv', 'b.csv.gz']) rmSync(join(out, name));
  const again = await runCli(['analyze', dir]);
  assert.is(again.exitCode, 0, again.stderr);
  assert.is(readFileSync(join(dir, 'results.json'), 'utf8'), results);
  const report = await runCli(['report', dir, '--format', 'md']);
  assert.match(report.stdout, /\| imported \| hook \|/);
  const checks = await runCli(['check', dir, '--json']);
  assert.is(checks.exitCode, 0, checks.stderr);
  const rows = JSON.parse(checks.stdout) as Recommendation[];
  assert.equal(
    rows.map(({ id }) => id),
    ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10'],
  );
  assert.ok(rows.every(({ evidence, status }) => evidence.length > 20 && status !== 'not-applicable'));
  const strict = await runCli(['check', dir, '--strict']);
  assert.is(strict.exitCode, 1);
  assert.match(strict.stdout, /✕ not met R1 [\s\S]*the CSVs hold times only[\s\S]*1 met, 9 not met, 0 not applicable/);
});

test('--skip-bad-rows counts what it leaves out; the order of the rows and a later start are told', async () => {
  const broken = csv('broken.csv', {
    form: (rows) => rows.replace('1000,', '2000,').replace(/\n1000\.05,.*\n/, '\nx,y\n'),
  });
  const pair = ['--baseline', broken, '--treated', csv('t.csv')];
  const refused = await runCli(['analyze', ...pair]);
  assert.is(refused.exitCode, 2);
  assert.match(refused.stderr, /broken\.csv:7: response_time is "y".*\n {2}next: .*--skip-bad-rows/);
  const { warnings } = await analysed([...pair, '--skip-bad-rows']);
  assert.match(
    warnings.find(({ code }) => code === 'bad-rows-skipped')?.detail ?? '',
    /broken\.csv: 1 malformed row was left out; the first: line 7/,
  );
  assert.match(warnings.find(({ code }) => code === 'unsorted-times')?.detail ?? '', /steps back 1 time/);
});

test('--warmup N, auto and the default', async () => {
  const settling = (name: string) =>
    csv(name, {
      n: 2000,
      form: (rows) =>
        rows
          .replace(/,1\./g, () => ',1.')
          .split('\n')
          .map((row, i) => (i > 0 && i <= 200 ? row.replace(',1.', ',3.') : row))
          .join('\n'),
    });
  const pair = ['--baseline', settling('w1.csv'), '--treated', settling('w2.csv')];
  const dropped = async (...args: string[]) => only(await analysed([...pair, ...args])).warmupDropped;
  assert.equal([await dropped('--warmup', '10'), await dropped()], [10, 400]);
  const found = await dropped('--warmup', 'auto');
  assert.ok(found >= 200 && found <= 220, String(found));
});

test('what cannot be analysed is refused with exit 2, and no folder is made', async () => {
  const [a, b] = [csv('x.csv'), csv('y.csv')];
  const flat = csv('flat.csv', { form: (rows) => rows.replace(/,1(\.\d+)?$/gm, ',1.5') });
  const cases: readonly [readonly string[], RegExp][] = [
    [['--baseline', a], /--treated is missing/],
    [['--treated', a], /--baseline is missing/],
    [['--baseline', a, '--treated', join(out, 'no.csv')], /no\.csv can't be read: ENOENT/],
    [['--baseline', a, '--treated', out], /is a folder/],
    [['--baseline', a, '--treated', csv('one.csv', { n: 1 })], /one\.csv has 1 row; at least 20 are needed/],
    [['--baseline', a, '--treated', b, '--warmup', '390'], /x\.csv has 400 rows, of which a warm-up of 390 leaves 10/],
    [['--baseline', a, '--treated', b, '--warmup', 'soon'], /--warmup soon is not a whole number/],
    [['--baseline', a, '--treated', flat], /flat\.csv: every response_time after the warm-up is 1\.5 ms/],
    [
      ['--baseline', a, '--treated', b, '--condition', 'p', '--condition', 'q'],
      /several conditions need one --baseline/,
    ],
    [['somewhere', '--baseline', a, '--treated', b], /a folder or CSVs, not both/],
    [['somewhere', '--warmup', '10'], /--warmup is for CSVs/],
    [['--baseline', a, '--treated', b, '--out', out], /--out .* holds other files already/],
  ];
  for (const [args, pattern] of cases) {
    const withOut = args.includes('--out') || args[0] === 'somewhere' ? args : [...args, '--out', join(out, 'never')];
    const { exitCode, stdout, stderr } = await runCli(['analyze', ...withOut]);
    assert.equal([exitCode, stdout], [2, ''], stderr);
    assert.match(stderr, pattern);
    assert.not.match(stderr, /\n\s+at /);
  }
  assert.not(existsSync(join(out, 'never')));
});

test('check of a folder without results: exit 2 with the next step', async () => {
  const { exitCode, stderr } = await runCli(['check', join(out, 'gone')]);
  assert.is(exitCode, 2);
  assert.match(stderr, /gone holds no results\.json[\s\S]*next: hookbench analyze/);
});

test.run();
