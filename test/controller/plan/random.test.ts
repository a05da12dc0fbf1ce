import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Random } from '../../../controller/plan/random.ts';

const take = (random: Random, n: number, below: number) => Array.from({ length: n }, () => random.int(below));

// pinned on 2026-11-23 (a sfc32 written anew in Python gives the same): a change would make every recorded seed mean another plan
const ZERO = [2054412513, 2621988563, 4189986968, 2532862804, 143436821];
const LAST = [1965048184, 3824251729, 3287591223, 3234099746, 2657281116];
const SHUFFLED = [4, 0, 2, 3, 6, 1, 5, 7];

const test = suite('random');

test('same seed and label, same stream; another of either, another stream', () => {
  const first = take(new Random(7, 'fork 3'), 50, 1000);
  assert.equal(take(new Random(7, 'fork 3'), 50, 1000), first);
  assert.not.equal(take(new Random(8, 'fork 3'), 50, 1000), first);
  assert.not.equal(take(new Random(7, 'fork 4'), 50, 1000), first);
  assert.not.equal(take(new Random(7 + 2 ** 31, 'fork 3'), 50, 1000), first);
});

test('known answers: plans made with a seed can be made again', () => {
  assert.equal(take(new Random(0, ''), 5, 2 ** 32), ZERO);
  assert.equal(take(new Random(4_294_967_295, 'node-1 fork 0'), 5, 2 ** 32), LAST);
  assert.equal(new Random(7, 'node-1 fork 0').shuffled([0, 1, 2, 3, 4, 5, 6, 7]), SHUFFLED);
});

test('integers stay in their range, and reach both ends of it', () => {
  const random = new Random(1, 'range');
  for (const below of [1, 2, 3, 7, 64]) {
    const values = take(random, 3000, below);
    assert.is(Math.min(...values), 0);
    assert.is(Math.max(...values), below - 1);
  }
});

test('rejection: a range of 3/4 of 2^32 has no bias to its lower third', () => {
  // the plain remainder would give values below 2^30 half of the time, not a third
  const below = 3 * 2 ** 30;
  const values = take(new Random(2, 'rejection'), 30_000, below);
  assert.ok(values.every((value) => value >= 0 && value < below));
  const low = values.filter((value) => value < 2 ** 30).length / values.length;
  assert.ok(Math.abs(low - 1 / 3) < 0.02, `${low}`);
});

test('shuffles of three elements are near uniform', () => {
  const random = new Random(3, 'shuffles');
  const n = 60_000;
  const counts = new Map<string, number>();
  for (let i = 0; i < n; i++) {
    const key = random.shuffled(['a', 'b', 'c']).join('');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assert.is(counts.size, 6);
  const expected = n / 6;
  const chi2 = [...counts.values()].reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
  // 99.9 % quantile of chi-square with 5 degrees of freedom: 20.515 (a table value)
  assert.ok(chi2 < 20.515, `chi2 ${chi2}`);
});

test('shuffled leaves its input alone and loses nothing', () => {
  const input = Object.freeze([1, 2, 3, 4, 5]);
  assert.equal(new Random(4, 'x').shuffled(input).sort(), [1, 2, 3, 4, 5]);
  assert.equal(new Random(4, 'x').shuffled([]), []);
});

test.run();
