import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changePoints } from '../../../controller/stats/change-points.ts';
import { near } from '../../oracle/near.ts';
import { scattered } from '../../oracle/samples.ts';

const test = suite('stats: change points');

const STEPS = Float64Array.from([
  ...scattered(20, 3).map((v) => v / 100),
  ...scattered(15, 4).map((v) => v / 100 + 9),
  ...scattered(10, 5).map((v) => v / 100 + 4),
  ...scattered(25, 6).map((v) => v / 100 + 4.5),
]);

test('the segmentation is the best of all (exhaustive search in numpy 2.4.6)', () => {
  const starts = (penalty: number, minLength: number) =>
    changePoints(STEPS, { penalty, minLength, noiseSd: 1 }).map(({ start }) => start);
  assert.equal(starts(10, 2), [0, 3, 5, 7, 11, 13, 18, 20, 23, 35, 38, 40, 48, 54, 56, 64]);
  assert.equal(starts(10, 6), [0, 6, 13, 22, 35, 48, 64]);
  assert.equal(starts(60, 2), [0, 21, 35]);
  assert.equal(starts(150, 6), [0, 21, 35]);
  assert.equal(starts(5_000, 2), [0]);
});

test('segments cover the series and carry their means; a constant series is one', () => {
  const segments = changePoints(STEPS, { penalty: 60, noiseSd: 1 });
  assert.equal(
    segments.map(({ end }) => end),
    [...segments.slice(1).map(({ start }) => start), STEPS.length],
  );
  for (const { start, end, mean } of segments) {
    near(mean, STEPS.subarray(start, end).reduce((a, b) => a + b) / (end - start));
  }
  assert.is(changePoints(new Float64Array(20).fill(3)).length, 1);
});

test.run();
