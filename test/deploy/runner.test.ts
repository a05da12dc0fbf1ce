import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judge, parseSummary } from '../runner/summary.ts';

const ROOT = join(import.meta.dirname, '../..');

const FIXTURES = {
  pass: `test('a', () => {}); test('b', () => {}); test.run();`,
  fail: `test('a', () => {}); test('b', () => { throw new Error('as it should'); }); test.run();`,
  skipped: `test.${'skip'}('a', () => {}); test.run();`,
  zero: `test.run();`,
  norun: `test('a', () => {});`,
  crash: `test('a', () => { process.kill(process.pid, 'SIGSEGV'); }); test.run();`,
  exit: `test('a', () => {}); test.run(); process.on('exit', () => { process.exitCode = 3; });`,
  early: `test('a', () => { process.exit(0); }); test.run();`,
  before: `test.before(() => { throw new Error('set-up'); }); test('a', () => {}); test('b', () => {}); test.run();`,
  hang: `test('a', () => new Promise((done) => setTimeout(done, 60_000))); test.run();`,
  open: `test('a', () => {}); test.run(); setInterval(() => {}, 1000);`,
  late: `test('a', () => {}); test.run(); await new Promise((r) => setTimeout(r, 50)); test('b', () => {}); test.run();`,
  leak: `test('a', () => {
           const child = spawn('sleep', ['61'], { detached: true, stdio: 'ignore' });
           child.unref();
           writeFileSync('leaked.pid', String(child.pid));
         }); test.run();`,
} as const;

type Fixture = keyof typeof FIXTURES;
type Run = { readonly code: number; readonly stdout: string; readonly last: string; readonly dir: string };

/** Runs test/run.ts over a temporary project that holds the named fixtures, and hands the result to `check`. */
const withRun = async (
  names: readonly Fixture[],
  args: readonly string[],
  check: (run: Run) => void,
): Promise<void> => {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-runner-'));
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
    for (const name of names) writeFixture(join(dir, `test/unit/${name}.test.ts`), FIXTURES[name]);
    const all = ['--import', 'tsx', join(ROOT, 'test/run.ts'), '--root', dir, ...args];
    const { code, stdout } = await run(process.execPath, all);
    check({ code, stdout, last: stdout.trimEnd().split('\n').at(-1) ?? '', dir });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

const writeFixture = (path: string, body: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  const imports = `import { spawn } from 'node:child_process';\nimport { writeFileSync } from 'node:fs';\nimport { test } from 'uvu';\n`;
  writeFileSync(path, `${imports}void spawn, writeFileSync;\n${body}\n`);
};

const run = (command: string, args: readonly string[]): Promise<{ code: number; stdout: string }> =>
  new Promise((done) => {
    execFile(command, args, { cwd: ROOT, timeout: 60_000 }, (error, stdout) => {
      done({ code: error ? Number(error.code ?? -1) : 0, stdout });
    });
  });

const runner = suite('the test runner');

const COUNTS: readonly (readonly [Fixture, string, RegExp])[] = [
  ['pass', 'ok    2 passed', /./],
  ['fail', 'FAIL  1 passed, 1 failed', /as it should/],
  ['skipped', 'ok    0 passed, 1 skipped', /./],
  ['zero', 'FAIL  0 passed, 1 failed', /no tests in it/],
  ['norun', 'FAIL  0 passed, 1 failed', /\.run\(\) is never called/],
  ['crash', 'FAIL  0 passed, 1 failed', /killed by SIGSEGV/],
  ['exit', 'FAIL  1 passed, 1 failed', /exit code 3/],
  ['early', 'FAIL  0 passed, 1 failed', /no uvu summary/],
  ['before', 'FAIL  0 passed, 2 failed', /2 of 2 tests failed/],
  ['late', 'ok    2 passed', /./],
];

runner('counts every way in which a file can end', () =>
  withRun(
    COUNTS.map(([name]) => name),
    [],
    (seen) => {
      for (const [name, counts, says] of COUNTS) {
        const from = seen.stdout.split('\n').findIndex((line) => line.includes(`test/unit/${name}.test.ts`));
        const [line = '', ...rest] = seen.stdout.split('\n').slice(from);
        assert.is(line.replace(/test\/unit\/\w+\.test\.ts {2}/, '').replace(/ \(.*/, ''), counts, name);
        const output = rest.slice(
          0,
          rest.findIndex((text) => /^(ok|FAIL|failed:)/.test(text)),
        );
        assert.match([line, ...output].join('\n'), says);
      }
      assert.is(seen.last, '6 passed, 8 failed, 1 skipped');
      assert.is(seen.code, 1);
    },
  ),
);

runner('ends what hangs, also when its tests are done, and counts it as failed', () =>
  withRun(['hang', 'open', 'pass'], ['--limit', '2'], (seen) => {
    assert.is(seen.last, '3 passed, 2 failed, 0 skipped');
    assert.is(seen.code, 1);
    assert.match(seen.stdout, /hang\.test\.ts .*not done after 2 s, killed/);
    assert.match(seen.stdout, /open\.test\.ts .*not done after 2 s, killed/);
  }),
);

runner('kills and names what a file left running, even in a session of its own', () =>
  withRun(['leak'], [], (seen) => {
    assert.is(seen.last, '1 passed, 1 failed, 0 skipped');
    const pid = Number(readFileSync(join(seen.dir, 'leaked.pid'), 'utf8'));
    assert.match(seen.stdout, new RegExp(`left running \\(killed\\): ${pid} sleep 61`));
    assert.throws(() => process.kill(pid, 0), /ESRCH/);
  }),
);

runner('adds the files up, and takes filters and exclusions', async () => {
  await withRun(['pass', 'fail', 'zero'], [], (seen) => {
    assert.is(seen.last, '3 passed, 2 failed, 0 skipped');
    assert.match(seen.stdout, /^failed: test\/unit\/fail\.test\.ts test\/unit\/zero\.test\.ts$/m);
  });
  await withRun(['pass', 'fail'], ['unit/pass'], (seen) => assert.is(seen.last, '2 passed, 0 failed, 0 skipped'));
  await withRun(['pass', 'fail'], ['--exclude', 'test/unit/fail'], (seen) => assert.is(seen.code, 0));
});

runner('fails when nothing matches, and refuses what it does not know', async () => {
  await withRun(['pass'], ['nothing-like-it'], (seen) => {
    assert.is(seen.last, '0 passed, 1 failed, 0 skipped');
    assert.is(seen.code, 1);
  });
  await withRun(['pass'], ['--jobs', 'none'], (seen) => assert.is(seen.code, 2));
  await withRun(['pass'], ['--nonsense'], (seen) => assert.is(seen.code, 2));
});

runner('reads nothing but uvu’s own block', () => {
  assert.is(parseSummary('    Total:     3\n    Passed:    3\n    Skipped:   0\n    Duration:  1ms\n'), null);
  assert.equal(parseSummary('\n  Total:     3\n  Passed:    2\n  Skipped:   1\n  Duration:  1.68ms\n\n'), {
    total: 3,
    passed: 2,
    skipped: 1,
  });
});

runner('a failing test and a bad exit are one failure, not two', () => {
  const ending = { exitCode: 1, signal: null, timedOutMs: null, leftRunning: [] };
  const { failed, reasons } = judge({ total: 3, passed: 2, skipped: 0 }, ending);
  assert.is(failed, 1);
  assert.equal(reasons, ['1 of 3 tests failed']);
});

runner.run();
