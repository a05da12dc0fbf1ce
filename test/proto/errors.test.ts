import { writeSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { asBenchError, BenchError, exitCodeOf, FAILURE_CODES, formatFailure } from '../../proto/index.ts';

const errors = suite('errors');

errors('the formatter gives message, next step, and the last eight lines of the tool', () => {
  const detail = `${Array.from({ length: 20 }, (_, i) => `line ${i + 1}`).join('\n')}\n\n`;
  const text = formatFailure(new BenchError('sut-died', 'it died', { nextStep: 'look', detail }));
  const tail = Array.from({ length: 8 }, (_, i) => `  | line ${i + 13}`);
  assert.is(text, ['it died', '  next: look', ...tail].join('\n'));
});

errors('the formatter leaves out what is not there', () => {
  assert.is(formatFailure(new BenchError('internal', 'it died')), 'it died');
  for (const detail of ['', '\n', '  \n\n']) {
    assert.is(formatFailure({ message: 'it died', nextStep: '', detail }), 'it died', JSON.stringify(detail));
  }
  assert.is(formatFailure({ message: 'a', nextStep: '', detail: 'one' }), 'a\n  | one');
});

errors('exit codes: 2 usage, 3 the machine lacks something, 4 interrupted, 1 the rest', () => {
  const others = FAILURE_CODES.filter((code) => exitCodeOf(code) !== 1);
  assert.equal(
    others.map((code) => [code, exitCodeOf(code)]),
    [
      ['usage', 2],
      ['unsupported', 3],
      ['cancelled', 4],
    ],
  );
  assert.is(exitCodeOf('never heard of'), 1);
});

errors('a BenchError stays what it is', () => {
  const error = new BenchError('busy', 'a', { cause: 'b' });
  assert.is(asBenchError(error), error);
  assert.is(error.cause, 'b');
  assert.equal([error.name, error.nextStep, error.detail], ['BenchError', '', '']);
  assert.not('cause' in new BenchError('busy', 'a'));
});

errors('a full disk, as the kernel says it, is disk-full with a next step', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const error = asBenchError(full);
  assert.is(error.code, 'disk-full');
  assert.match(error.message, /disk full: ENOSPC/);
  assert.match(error.nextStep, /--out/);
  assert.is(error.cause, full);
  assert.is(asBenchError(Object.assign(new Error('EDQUOT: quota exceeded'), { code: 'EDQUOT' })).code, 'disk-full');
  try {
    writeSync(-1, 'x');
  } catch (other) {
    assert.is(asBenchError(other).code, 'internal');
  }
});

errors('anything else that is thrown is internal, with its message and stack', () => {
  const thrown = new TypeError('x is not a function');
  const error = asBenchError(thrown);
  assert.equal([error.code, error.message, error.cause], ['internal', 'x is not a function', thrown]);
  assert.match(error.detail, /errors\.test\.ts/);
  for (const odd of [undefined, null, 7, 'text', {}]) assert.is(asBenchError(odd).message, String(odd));
});

errors.run();
