import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile, runHooked } from '../helpers/preload.ts';
import { FLAG_BLOCKED, FLAG_HIT, readRings } from '../helpers/ring.ts';

const block = suite('hooks/preload actions');

const frame = (text: string, size = 256): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(text.length, 0);
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, Buffer.from(text)]);
};

const input = Buffer.concat([
  frame('harmless'),
  frame('GET /needle HTTP/1.1'),
  frame('harmless again'),
  frame('needle'),
]);
const keywords = ['haystack', 'needle'];

block('block: the call fails, nothing of the bytes is left in the buffer, other reads go on', () => {
  const run = runHooked(compile('preload_feed'), [], { action: 'block', keywords, input });
  assert.is(`${run.status} ${run.stderr}`, '0 ');
  assert.is(run.stdout, 'failed -1 ECONNRESET zeroed\n'.repeat(2));
  const [only] = readRings(run.ring);
  assert.equal([only?.reads, only?.hits, only?.blocked, only?.errors], [4, 2, 2, 0]);
  assert.equal(
    only?.records.map(({ bytes, keyword, flags }) => [bytes, keyword, flags]),
    [
      [8, 0xffff, 0],
      [20, 1, FLAG_HIT | FLAG_BLOCKED],
      [14, 0xffff, 0],
      [6, 1, FLAG_HIT | FLAG_BLOCKED],
    ],
  );
});

for (const action of ['observe', 'trace'] as const) {
  block(`${action}: every byte reaches the program, hits are in the records`, () => {
    const run = runHooked(compile('preload_feed'), [], { action, keywords, input });
    assert.is(`${run.status} ${run.stderr}${run.stdout}`, '0 ');
    const [only] = readRings(run.ring);
    assert.equal([only?.reads, only?.hits, only?.blocked], [4, 2, 0]);
    assert.equal(
      only?.records.map(({ flags }) => flags),
      [0, FLAG_HIT, 0, FLAG_HIT],
    );
  });
}

block.run();
