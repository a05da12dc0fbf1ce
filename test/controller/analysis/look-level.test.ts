import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { levelOfLastLook } from '../../../controller/analysis/look-level.ts';
import { inferByDesign } from '../../../controller/analysis/unit.ts';
import { tost } from '../../../controller/stats/tost.ts';
import { random } from '../../helpers/random.ts';

const test = suite('analysis: level of the last look');

test('equal looks: the bounds of ldbounds 2.0.2, Pocock-type spending at 0.05', () => {
  // ldBounds(t = seq(0.2, 1, 0.2), iuse = c(2, 2)): 2.438 2.427 2.410 2.397 2.386, as two-sided levels of the last one
  const fifth = 0.01703;
  assert.ok(
    Math.abs(levelOfLastLook([1, 2, 3, 4, 5], 0.05) - fifth) < 2e-5,
    `${levelOfLastLook([1, 2, 3, 4, 5], 0.05)}`,
  );
  assert.ok(Math.abs(levelOfLastLook([10, 20, 30, 40, 50], 0.05) - fifth) < 2e-5, 'only shares count');
});

test('one look costs nothing, more cost more', () => {
  assert.is(levelOfLastLook([9], 0.05), 0.05);
  const levels = [5, 6, 8, 12, 20].map((last) => levelOfLastLook(range(4, last), 0.05));
  for (const [i, level] of levels.entries()) assert.ok(level < (levels[i - 1] ?? 0.05) && level > 0.005, String(level));
});

test('a study that goes on until it is narrow covers the truth in 95 % of cases; uncorrected it does not', () => {
  const covered = (correct: boolean) => {
    const dice = random(correct ? 11 : 12);
    let hits = 0;
    let studies = 0;
    for (const halfWidthInSd of [0.6, 0.8, 1]) {
      for (let study = 0; study < 400; study++) {
        hits += coversZero(dice.normal, halfWidthInSd, correct) ? 1 : 0;
        studies += 1;
      }
    }
    return hits / studies;
  };
  // 1,200 studies: the standard error is 0.7 %
  assert.ok(covered(true) > 0.935 && covered(true) < 0.985, `corrected: ${covered(true)}`);
  assert.ok(covered(false) < 0.935, `uncorrected: ${covered(false)}`);
});

test('interval, p and equivalence are all judged at the level of the look', () => {
  const forks = [3, 5, 4, 6, 2, 5, 4].map((ns) => Float64Array.of(ns));
  const plain = inferByDesign(forks, 'alternated');
  const looked = inferByDesign(forks, 'alternated', 0.01);
  assert.ok(plain && looked);
  const width = (one: typeof plain) => one.estimate.highNs - one.estimate.lowNs;
  // t(6): 3.7074 at 0.01 against 2.4469 at 0.05 (scipy 1.17.1)
  assert.ok(Math.abs(width(looked) / width(plain) - 3.707428 / 2.4469119) < 1e-6);
  assert.ok(Math.abs(looked.estimate.p / plain.estimate.p - 5) < 1e-9);
  assert.is(looked.level, 0.01);
  assert.ok(tost(looked.interval, 6).p > 0);
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** forks of sd 1 are added from the fourth on until the interval is narrow; at most 24 */
function coversZero(normal: () => number, halfWidth: number, correct: boolean): boolean {
  const forks = [normal(), normal(), normal()].map((value) => Float64Array.of(value));
  for (;;) {
    forks.push(Float64Array.of(normal()));
    const level = correct ? levelOfLastLook(range(4, forks.length), 0.05) : 0.05;
    const estimate = inferByDesign(forks, 'alternated', level)?.estimate;
    if (!estimate) return false;
    const isNarrow = (estimate.highNs - estimate.lowNs) / 2 <= halfWidth;
    if (isNarrow || forks.length === 24) return estimate.lowNs <= 0 && estimate.highNs >= 0;
  }
}

test.run();
