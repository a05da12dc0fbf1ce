import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StatsError } from '../../../controller/stats/errors.ts';
import { bucketMoments, bucketQuantile, mergeBuckets } from '../../../controller/stats/histogram.ts';
import { near } from '../../oracle/near.ts';

const test = suite('stats: histograms');
const merged = mergeBuckets([
  { low: [1, 2, 4], high: [1, 3, 7], counts: [3, 6, 0] },
  { low: [4, 2, 8, 16], high: [7, 3, 15, 31], counts: [4, 4, 1, 0] },
]);

test('merging adds counts by bucket and drops empty ones', () => {
  assert.is(merged.n, 18);
  assert.equal([...merged.midpoint], [1, 2.5, 5.5, 11.5]);
  assert.equal([...merged.count], [3, 10, 4, 1]);
});

test('quantiles and moments are numpy 2.4.6’s of the repeated midpoints', () => {
  const expected: readonly (readonly [number, number])[] = [
    [0, 1],
    [0.25, 2.5],
    [0.5, 2.5],
    [0.9, 5.5],
    [0.99, 10.48],
    [1, 11.5],
  ];
  for (const [q, value] of expected) near(bucketQuantile(merged, q), value);
  const { mean, sd } = bucketMoments(merged);
  near(mean, 3.4166666666666665);
  near(sd, 2.527786755711989);
});

test('no samples and ragged columns are refused', () => {
  const empty = mergeBuckets([]);
  assert.throws(
    () => bucketQuantile(empty, 0.5),
    (error: unknown) => error instanceof StatsError && error.code === 'sample-too-small',
  );
  assert.throws(
    () => mergeBuckets([{ low: [1], high: [1, 2], counts: [1] }]),
    (error: unknown) => error instanceof StatsError && error.code === 'length-mismatch',
  );
});

test.run();
