import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCpuList, pinningOf } from '../../../agent/host/cores.ts';

const cores = suite('cores');

for (const [text, expected] of [
  ['0', [0]],
  ['0-3', [0, 1, 2, 3]],
  ['0-3,8', [0, 1, 2, 3, 8]],
  ['5,7-8,64-65', [5, 7, 8, 64, 65]],
  ['3-3', [3]],
  ['0-1\n', [0, 1]],
  ['', []],
  ['1,', [1]],
  ['4-2', []],
  ['-1', []],
  ['2-', []],
  ['x', []],
  ['0-x,1', [1]],
] as const) {
  cores(`cpu list ${JSON.stringify(text)}`, () => assert.equal(parseCpuList(text), expected));
}

cores('two cores or more: one for each end', () => {
  const pinning = pinningOf([2, 5, 7]);
  assert.equal([pinning.load, pinning.sut, pinning.cores], [2, 5, [2, 5, 7]]);
  assert.is(pinning.text, 'load generator on core 2, SUT on core 5');
});

cores('one core or none: nothing is pinned, and it says so', () => {
  for (const few of [[3], []]) {
    const pinning = pinningOf(few);
    assert.equal([pinning.load, pinning.sut], [null, null]);
    assert.match(pinning.text, /share it, not pinned/);
  }
});

cores('without being told: what this process may use, as nproc counts it', () => {
  assert.is(pinningOf().cores.length, Number(execFileSync('nproc', { encoding: 'utf8' })));
});

cores.run();
