import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { binsFor, countsIn } from '../../../controller/analysis/histogram-bins.ts';
import { medianInterval } from '../../../controller/analysis/median-interval.ts';
import type { Batch, Histogram } from '../../../controller/analysis/record.ts';
import { blockSeries, lagSeries } from '../../../controller/analysis/series.ts';
import { shapeSeries } from '../../../controller/analysis/shape-series.ts';
import { vantageSeries } from '../../../controller/analysis/vantage-series.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import { random } from '../../helpers/random.ts';
import { makeStudy } from '../../helpers/study.ts';

const test = suite('analysis: series for figures');
const study = makeStudy({ preloadShiftNs: 3000, stallShare: 0.02 });

test('every sample is in a bin or counted outside, and arms of a cell share their bins', () => {
  const shapes = shapeSeries(study, 'java-hello', 'alternated', [0, 1, 2]);
  assert.is(shapes.length, 3);
  for (const { histogram } of shapes) {
    const inside = histogram.counts.reduce((sum, count) => sum + count, 0);
    assert.is(inside + histogram.below + histogram.above, histogram.n);
    assert.is(histogram.counts.length, histogram.bins);
    assert.equal([histogram.fromNs, histogram.widthNs], [shapes[0]?.histogram.fromNs, shapes[0]?.histogram.widthNs]);
    assert.ok(histogram.above > 0, 'stalls lie past the last bin');
  }
});

test('bins are whole steps of a coarse clock: an even spread over its steps has no teeth', () => {
  const values = sortedCopy(Uint32Array.from({ length: 10_000 }, (_, i) => 600 + (i % 100) * 10));
  const bins = binsFor([values]);
  assert.is(bins.widthNs % 10, 0);
  const { counts } = countsIn(values, bins);
  assert.is(new Set(counts.slice(0, -1)).size, 1, counts.join(' '));
});

test('the distribution function rises to the slowest, its tail falls to one request, and bands hold their points', () => {
  const [shape] = shapeSeries(study, 'java-hello', 'alternated', [0]);
  assert.ok(shape);
  const { body, tail, bandShare } = shape.ecdf;
  assert.equal([body[0]?.ns, body.at(-1)?.ns], [shape.box.minNs, shape.box.maxNs]);
  assert.is(body.find(({ share }) => share === 0.5)?.ns, shape.box.medianNs);
  assert.is(tail.at(-1)?.share, 1 / shape.box.n);
  assert.ok(bandShare !== null && bandShare >= Math.sqrt(Math.log(40) / (2 * shape.box.n)) * 0.999);
  for (const [i, point] of tail.entries()) {
    assert.ok(i === 0 || point.share < (tail[i - 1]?.share ?? 0));
    assert.ok(point.lowShare !== null && point.lowShare < point.share && point.share < (point.highShare ?? 0));
  }
});

test('the interval of a block’s median holds it in about 95 of 100, and is wider where samples are worth less', () => {
  const noise = random(5);
  let held = 0;
  for (let i = 0; i < 600; i++) {
    const sorted = sortedCopy(Float64Array.from({ length: 120 }, () => noise.normal()));
    const interval = medianInterval(sorted, 1);
    if (interval && interval.lowNs <= 0 && interval.highNs >= 0) held++;
  }
  assert.ok(held >= 558 && held <= 594, `${held} of 600`);
  const sorted = sortedCopy(Uint32Array.from({ length: 100 }, (_, i) => i));
  const [own, less] = [medianInterval(sorted, 1), medianInterval(sorted, 0.25)];
  assert.ok(own && less && less.lowNs < own.lowNs && less.highNs > own.highNs);
  assert.is(medianInterval(sorted, 0.01), null, 'one sample’s worth carries none');
});

test('more blocks than points are averaged, each fork by itself, and no sample is lost', () => {
  const all = blockSeries(study, 'java-hello', 'sliced', 0);
  const few = blockSeries(study, 'java-hello', 'sliced', 0, {}, 20);
  const count = (points: readonly { n: number }[]) => points.reduce((sum, { n }) => sum + n, 0);
  assert.is(all.length, 60);
  assert.ok(few.length >= 12 && few.length <= 24, String(few.length));
  assert.is(count(few), count(all));
  assert.equal(new Set(few.map(({ fork }) => fork)).size, 6);
  for (const { medianNs, interval } of few) {
    assert.ok(interval === null || (interval.lowNs <= medianNs && medianNs <= interval.highNs));
  }
});

test('a lag plot knows where blocks begin, behind the warm-up', () => {
  const lag = lagSeries(study, 'java-hello', 'alternated', 0, {}, 50);
  assert.ok(lag && lag.bins.length <= 50);
  assert.equal(
    lag.blockStarts,
    Array.from({ length: 10 }, (_, i) => 30 + i * 40),
  );
});

const interposer: readonly Batch[] = study.batches
  .filter((batch) => batch.design === 'alternated')
  .map((batch) => ({
    ...batch,
    vantage: 'interposer',
    arm: batch.arm.map(() => 2),
    latencyNs: batch.latencyNs.map(() => 700 + batch.fork),
  }));
const histogram = (fork: number): Histogram => ({
  ...{ node: 'node-1', sut: 'java-hello', mechanism: 'bpftrace', vantage: 'kernel', phase: 'measure', fork, block: 0 },
  ...{ lowNs: [1000, 2000], highNs: [1000, 2999], counts: [3, 1] },
});

test('what remains is the outside clock less the inside one, fork by fork, with an interval over forks', () => {
  const histograms = [0, 1, 2].map(histogram);
  const rows = vantageSeries({ ...study, batches: [...study.batches, ...interposer], histograms }, 'java-hello');
  assert.equal(
    rows.map((row) => [row.mechanism, row.insideVantage, row.source, row.forks]),
    [
      ['ld-preload', 'interposer', 'samples', 6],
      ['bpftrace', 'kernel', 'histogram', 3],
    ],
  );
  const [library, kernel] = rows;
  assert.ok(library && kernel);
  assert.is(library.inside.estimateNs, 702.5);
  assert.is(kernel.inside.estimateNs, 1000);
  for (const { outside, inside, remains } of rows) {
    assert.ok(Math.abs(outside.estimateNs - inside.estimateNs - remains.estimateNs) < 1e-6);
    assert.ok(remains.lowNs < remains.estimateNs && remains.estimateNs < remains.highNs);
  }
});

test('no breakdown from a single fork, nor from a histogram that may be of another condition', () => {
  assert.equal(vantageSeries({ ...study, histograms: [histogram(0)] }, 'java-hello'), []);
  const two = { ...study, conditions: ['process', 'netns'], histograms: [0, 1].map(histogram) };
  assert.equal(vantageSeries(two, 'java-hello', { condition: 'process' }), []);
});

test.run();
