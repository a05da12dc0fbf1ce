/** Pointers and sizes that the kernel refuses: with the library, under every action, a program gets what it gets without. */
import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, runHooked } from '../helpers/preload.ts';
import { readRings } from '../helpers/ring.ts';

const bad = suite('hooks/preload bad pointers');
const FUNCTIONS = 'read,recv,recvfrom,readv,recvmsg';

/** @param text what each call would read */
function without(text: string): string {
  const run = spawnSync(compile('preload_bad_pointers'), [text], { encoding: 'utf8', timeout: 20_000 });
  assert.is(`${run.status} ${run.stderr}`, '0 ');
  assert.ok(run.stdout.endsWith('end\n') && run.stdout.split('\n').length > 80, run.stdout);
  return run.stdout;
}

for (const action of ['observe', 'trace', 'block'] as const) {
  for (const scanner of ['ac', 'simd']) {
    bad(`${action}, ${scanner}: the kernel's own answers, and no crash`, () => {
      const env = { HOOKBENCH_FUNCTIONS: FUNCTIONS, HOOKBENCH_SCANNER: scanner };
      const run = runHooked(compile('preload_bad_pointers'), ['a harmless text'], {
        action,
        keywords: ['needle'],
        env,
      });
      assert.is(`${run.status} ${run.stderr}`, '0 ');
      assert.is(run.stdout, without('a harmless text'));
    });
  }
}

bad('block: calls that would bring a keyword fail with the error of the action, all others as without', () => {
  const env = { HOOKBENCH_FUNCTIONS: FUNCTIONS };
  const run = runHooked(compile('preload_bad_pointers'), ['a needle'], { action: 'block', keywords: ['needle'], env });
  assert.is(`${run.status} ${run.stderr}`, '0 ');
  const expected = without('a needle').replaceAll(/ 8 0 left -1$/gm, ' -1 104 left -1');
  assert.is(run.stdout, expected);
  const [ring] = readRings(run.ring);
  const failed = expected.split(' -1 104 left -1').length - 1;
  assert.ok(failed > 5);
  assert.is(ring?.blocked, failed);
});

bad.run();
