// .ci/run with an npm that prints what it is told: the last line and the exit code that the CI sees.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const RUN = join(import.meta.dirname, '../../.ci/run');

/** What .ci/run makes of an `npm test` that prints `output` and ends with `code`. */
const ciSees = async (output: string, code: number): Promise<{ last: string; code: number; out: string }> => {
  const bin = mkdtempSync(join(tmpdir(), 'hookbench-ci-'));
  try {
    const body = `#!/bin/sh\necho "called: $* requiring $HOOKBENCH_REQUIRE"\ncat <<'END'\n${output}\nEND\nexit ${code}\n`;
    writeFileSync(join(bin, 'npm'), body, { mode: 0o755 });
    const { HOOKBENCH_REQUIRE: _, ...env } = process.env;
    return await new Promise((done) => {
      execFile(RUN, [], { env: { ...env, PATH: `${bin}:${process.env.PATH}` }, timeout: 30_000 }, (error, out) => {
        done({ last: out.trimEnd().split('\n').at(-1) ?? '', code: error ? Number(error.code ?? -1) : 0, out });
      });
    });
  } finally {
    rmSync(bin, { recursive: true, force: true });
  }
};

const ci = suite('.ci/run');

ci('calls npm test and requires what the machine can do', async () => {
  const { out, last, code } = await ciSees('12 passed, 0 failed, 1 skipped', 0);
  assert.match(out, /^called: test requiring ebpf,java,chromium$/m);
  assert.is(last, '12 passed, 0 failed, 1 skipped');
  assert.is(code, 0);
});

ci('ends with the count also when npm adds lines after a failure', async () => {
  const { last, code } = await ciSees('3 passed, 2 failed, 0 skipped\nnpm error Test failed.', 1);
  assert.is(last, '3 passed, 2 failed, 0 skipped');
  assert.is(code, 1);
});

ci('fails without a count, with failures, and with no test passed, whatever npm’s exit code', async () => {
  const cases = [
    ['', '0 passed, 1 failed, 0 skipped'],
    ['    9 passed, 0 failed, 0 skipped', '0 passed, 1 failed, 0 skipped'],
    ['3 passed, 10 failed, 0 skipped', '3 passed, 10 failed, 0 skipped'],
    ['0 passed, 0 failed, 4 skipped', '0 passed, 0 failed, 4 skipped'],
  ] as const;
  for (const [output, expected] of cases) {
    const { last, code } = await ciSees(output, 0);
    assert.is(last, expected);
    assert.is(code, 1);
  }
});

ci('keeps npm’s failure when the count is good', async () => {
  assert.is((await ciSees('3 passed, 0 failed, 0 skipped', 7)).code, 7);
});

ci.run();
