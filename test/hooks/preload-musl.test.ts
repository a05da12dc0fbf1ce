/** The tests of the library once more, of its build for musl and in programs that run on musl. `HOOKBENCH_LONG=1`: all of them that can be. */
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../helpers/require.ts';

const musl = suite('hooks/preload on musl');
const SHORT = ['block', 'fds', 'functions'];
const ALL = [...SHORT, 'bad-pointers', 'clock', 'env', 'ring', 'scan'];

for (const name of process.env.HOOKBENCH_LONG === '1' ? ALL : SHORT) {
  musl(`as test/hooks/preload-${name}.test.ts has it`, async () => {
    if (!needs('musl')) return;
    const file = `test/hooks/preload-${name}.test.ts`;
    const run = await execa(process.execPath, ['--import', 'tsx', file], {
      env: { HOOKBENCH_TEST_LIBC: 'musl' },
      all: true,
      reject: false,
    });
    const [, passed] = /Passed: +(\d+)/.exec(run.all) ?? [];
    assert.is(run.exitCode, 0, run.all);
    assert.ok(Number(passed) >= 3, run.all);
  });
}

musl.run();
