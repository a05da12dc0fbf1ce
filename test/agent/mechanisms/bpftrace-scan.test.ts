import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scanProgram, withoutContaining } from '../../../agent/mechanisms/bpftrace/scan.ts';
import { bucketRange, hookScript, LAST_BUCKET, WINDOW_BYTES } from '../../../agent/mechanisms/bpftrace/script.ts';
import { DEFAULT_KEYWORDS, ROOT } from '../../helpers/preload.ts';
import { random } from '../../helpers/random.ts';
import { compileBucket, compileScan } from '../../helpers/scan-interpreter.ts';

const TEMPLATE = readFileSync(join(ROOT, 'hooks', 'bpftrace', 'read_hook.bt.in'), 'utf8');
const words = (...list: (string | Buffer)[]) => list.map((word) => Buffer.from(word));
const scan = suite('agent/mechanisms bpftrace scan');

scan('a word that contains another is dropped, once, and equal words are one', () => {
  const { kept, dropped } = withoutContaining(words('abc', 'b', 'xyz', 'xyzq', 'xyz', 'cd', 'dc', 'aab'));
  assert.equal(kept.map(String), ['b', 'xyz', 'cd', 'dc']);
  assert.equal(dropped.map(String), ['abc', 'xyzq', 'aab']);
  assert.equal(withoutContaining([]), { kept: [], dropped: [] });
  const high = [Buffer.from([0x80]), Buffer.from([0xc2, 0x80]), Buffer.from([0xc2])];
  assert.equal(withoutContaining(high).kept, [high[0], high[2]]);
});

scan('no list of keywords loses an answer by what is dropped', () => {
  const { uniform } = random(3);
  const text = (n: number) => Buffer.from(Array.from({ length: n }, () => 97 + Math.floor(uniform() * 3)));
  for (let round = 0; round < 300; round++) {
    const list = Array.from({ length: 12 }, () => text(1 + Math.floor(uniform() * 5)));
    const { kept } = withoutContaining(list);
    const data = text(9);
    assert.is(
      kept.some((word) => data.includes(Buffer.from(word))),
      list.some((word) => data.includes(word)),
    );
  }
});

scan('nothing of a keyword gets into the script but numbers', () => {
  const evil = words('");}END{system("id', '$1', '*/ /*', '@@SCAN@@', '\\x00', 'A'.repeat(64), Buffer.alloc(64, 0xff));
  const { text } = scanProgram(evil, WINDOW_BYTES);
  assert.not.match(text, /system|END|"|\\|@@|AAAA/);
  assert.match(text, /^[\s\w$*()=<>;&|^~+\-{}@[\]!.]*$/);
  for (const [literal] of text.matchAll(/\d+/g))
    assert.ok(BigInt(literal) < 1n << 63n, `${literal} is no signed 64-bit literal`);
});

/** memory with the read in it, keywords before and behind, and nothing mapped outside of two pages */
function memoryWith(bytes: Buffer, at: number, soil: Buffer): (address: bigint) => bigint {
  const memory = Buffer.alloc(8192);
  for (let i = 0; i < memory.length; i++) memory[i] = soil[i % soil.length]!;
  bytes.copy(memory, at);
  return (address) => {
    const offset = Number(address - BASE);
    return offset >= 0 && offset + 8 <= memory.length ? memory.readBigUInt64LE(offset) : 0n;
  };
}

const BASE = 0x7f12_3456_7000n;

/** random reads against a naive search, run by the script's own statements */
function checkScan(keywords: readonly Buffer[], rounds: number, seed: number): void {
  const { uniform, shuffled } = random(seed);
  const int = (below: number) => Math.floor(uniform() * below);
  const find = compileScan(scanProgram(keywords, WINDOW_BYTES).text);
  let hits = 0;
  for (let round = 0; round < rounds; round++) {
    const word = Buffer.from(keywords[int(keywords.length)]!);
    if (round % 3 === 0) word[int(word.length)]! ^= 1 << int(8);
    const cut = round % 5 === 0 ? word.subarray(int(2), word.length - int(2)) : word;
    const parts = [Buffer.alloc(int(140), int(256)), cut, Buffer.alloc(int(3) * int(60), int(256))];
    const bytes = Buffer.concat(parts.length > 0 && round % 7 === 0 ? [cut] : parts);
    if (bytes.length === 0) continue;
    const at = round % 4 === 0 ? 8192 - bytes.length : int(64);
    const load = memoryWith(bytes, at, Buffer.concat(shuffled(keywords).slice(0, 9) as Buffer[]));
    const found = find({ address: BASE + BigInt(at), bytes: bytes.length, load });
    const window = bytes.subarray(0, WINDOW_BYTES);
    const expected = keywords.some((keyword) => window.includes(keyword));
    assert.is(found, expected, `${bytes.toString('hex')} at ${at}`);
    hits += Number(found);
  }
  assert.ok(hits > rounds / 10 && hits < rounds, `${hits} hits`);
}

scan('finds exactly what a naive search finds: our own list', () => {
  const list = readFileSync(DEFAULT_KEYWORDS, 'latin1')
    .split('\n')
    .filter((word) => word !== '');
  checkScan(
    list.map((word) => Buffer.from(word, 'latin1')),
    3000,
    1,
  );
});

scan('finds exactly what a naive search finds: every length from 1 to 64, high bytes, common beginnings', () => {
  for (let length = 1; length <= 64; length++) {
    const { uniform } = random(length);
    const make = () => Buffer.from(Array.from({ length }, () => 1 + Math.floor(uniform() * 255)));
    const first = make();
    const alike = Buffer.from(first);
    alike[length - 1] = (alike[length - 1]! % 255) + 1;
    checkScan([first, alike, make(), Buffer.alloc(length, 0xff)], 150, length);
  }
});

scan('buckets: every latency belongs to exactly one, and the script finds it', () => {
  const bucketOf = compileBucket(hookScript(TEMPLATE, { keywords: words('needle'), targets: 1 }).text);
  let next = 0;
  for (let index = 0; index <= LAST_BUCKET; index++) {
    const { lowNs, highNs } = bucketRange(index);
    assert.is(lowNs, next);
    assert.ok(highNs >= lowNs);
    assert.is(bucketOf(lowNs), index);
    assert.is(bucketOf(highNs), index);
    next = highNs + 1;
  }
  assert.is(next, 2 ** 32);
  const { uniform } = random(11);
  for (let i = 0; i < 50_000; i++) {
    const ns = i < 25_000 ? i * 40 : Math.floor(uniform() * 2 ** 32);
    const { lowNs, highNs } = bucketRange(bucketOf(ns));
    assert.ok(lowNs <= ns && ns <= highNs && highNs - lowNs <= ns / 256);
  }
  for (const ns of [2 ** 32, 2 ** 40, 2 ** 52]) assert.is(bucketOf(ns), LAST_BUCKET);
});

scan('every place of the template is filled, and the pids are parameters', () => {
  const { text } = hookScript(TEMPLATE, { keywords: words('a', 'bc'), targets: 3 });
  assert.not.match(text, /@@/);
  assert.match(text, /pid == \$1 \|\| pid == \$2 \|\| pid == \$3 \|\| pid == \$4/);
  assert.match(text, /if \(\(pid \^ \(0 - \$z\)\) == \$4\)/);
});

scan.run();
