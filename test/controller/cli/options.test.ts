import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { durationNs, errnoName, listOption, share, timeMs, wholeNumber } from '../../../controller/cli/options.ts';

const usage = (pattern: RegExp) => (error: Error & { code?: string }) =>
  error.code === 'usage' && pattern.test(error.message);

const options = suite('option values');

options('durations in every unit', () => {
  const margin = durationNs('--margin');
  for (const [text, ns] of [
    ['500ns', 500],
    ['1us', 1000],
    ['1µs', 1000],
    ['2.5us', 2500],
    ['2ms', 2e6],
    ['1s', 1e9],
  ] as const) {
    assert.is(margin(text), ns, text);
  }
});

options('what is no duration is refused with the option and an example', () => {
  for (const text of ['', '5', 'us', '0ns', '0.0us', '-1us', '1 us', '1e3ns', '1min', '.5us', '1us2', 'NaNus']) {
    assert.throws(() => durationNs('--margin')(text), usage(/^--margin .*is not a duration such as 500ns/), text);
  }
});

options('the error of block by one of its names, and by nothing else', () => {
  const errno = errnoName('--errno');
  for (const name of ['ECONNRESET', 'EPIPE', 'EACCES']) assert.is(errno(name), name);
  for (const text of ['', 'EAGAIN', 'EINTR', 'epipe', '104', 'toString'])
    assert.throws(() => errno(text), usage(/^--errno .*is not one of ECONNRESET, ECONNABORTED, EPIPE/), text);
});

options('whole numbers within their bounds, both included', () => {
  const forks = wholeNumber('--forks', 1, 1000);
  assert.equal(['1', '1000', '007'].map(forks), [1, 1000, 7]);
  for (const text of ['', ' ', '0', '1001', '-1', '1.5', '1e2', '0x10', 'six', '1 2', '9'.repeat(400)]) {
    assert.throws(() => forks(text), usage(/^--forks .* is not a whole number from 1 to 1000$/), text);
  }
});

options('lists with commas, spaces passed over', () => {
  const sut = listOption('--sut');
  assert.equal(sut('a'), ['a']);
  assert.equal(sut(' a, b,,c ,'), ['a', 'b', 'c']);
  for (const text of ['', ' ', ',', ' , ']) assert.throws(() => sut(text), usage(/^--sut names nothing/), text);
});

options('times for a budget, and shares', () => {
  const budget = timeMs('--budget');
  assert.equal(['90s', '10m', '0.5h', '48h'].map(budget), [90_000, 600_000, 1_800_000, 172_800_000]);
  for (const text of ['', '10', '10ms', '0m', '49h', '-1m', '1 m'])
    assert.throws(() => budget(text), usage(/^--budget .*is not a time such as 90s/), text);
  assert.equal(['0.8', '.95', '0.001'].map(share('--power')), [0.8, 0.95, 0.001]);
  for (const text of ['', '0', '1', '80', '0.0', '0.9999', '80%', '-0.5'])
    assert.throws(() => share('--power')(text), usage(/^--power .*is not a share/), text);
});

options.run();
