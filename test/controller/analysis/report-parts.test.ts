import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import type { Batch, Histogram } from '../../../controller/analysis/record.ts';
import { blockSeries, lagSeries } from '../../../controller/analysis/series.ts';
import { shapeSeries } from '../../../controller/analysis/shape-series.ts';
import { makeStudy } from '../../helpers/study.ts';

const test = suite('analysis: inside views, recommendations, series');
const study = makeStudy({ preloadShiftNs: 3000, bpftraceShiftNs: 3000 });

const interposer: readonly Batch[] = study.batches
  .filter((batch) => batch.design === 'alternated')
  .map((batch) => ({
    ...batch,
    vantage: 'interposer',
    arm: batch.arm.map(() => 2),
    latencyNs: batch.latencyNs.map(() => 700),
  }));
const histogram = (block: number, phase: Histogram['phase']): Histogram => ({
  node: 'node-1',
  sut: 'java-hello',
  mechanism: 'bpftrace',
  vantage: 'kernel',
  phase,
  fork: 0,
  block,
  lowNs: [1000, 2000],
  highNs: [1999, 2999],
  counts: [3, 1],
});

test('what a hook saw is described and never compared', () => {
  const histograms = [histogram(0, 'measure'), histogram(1, 'measure'), histogram(0, 'warmup')];
  const results = analyse({ ...study, batches: [...study.batches, ...interposer], histograms });
  assert.equal(
    results.inside.map(({ mechanism, vantage, source }) => [mechanism, vantage, source]),
    [
      ['ld-preload', 'interposer', 'samples'],
      ['bpftrace', 'kernel', 'histogram'],
    ],
  );
  assert.equal([results.inside[0]?.stats.n, results.inside[0]?.stats.p50Ns], [7200, 700]);
  assert.equal([results.inside[1]?.stats.n, results.inside[1]?.stats.p50Ns], [8, 1499.5]);
  assert.equal(new Set(results.comparisons.map((row) => row.vantage)), new Set(['client']));
  assert.is(results.recommendations.find(({ id }) => id === 'R5')?.status, 'met');
});

test('ten recommendations, each with evidence, none met that the record does not show', () => {
  const { recommendations } = analyse(study);
  assert.equal(
    recommendations.map(({ id }) => id),
    ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8', 'R9', 'R10'],
  );
  assert.equal(
    recommendations.map(({ status }) => status),
    [...Array(4).fill('not-applicable'), 'unmet', 'unmet', 'unmet', 'unmet', 'met', 'unmet'],
  );
  for (const { evidence } of recommendations) assert.ok(evidence.length > 20, evidence);
});

test('micro and macro SUTs together meet R6, throttling breaks R8, weak power R9', () => {
  const micro = makeStudy({ seed: 2, sut: 'read-loop' }).batches.map((batch) => ({
    ...batch,
    vantage: 'caller' as const,
  }));
  const batches = [...study.batches, ...micro];
  const results = analyse({
    ...study,
    suts: ['java-hello', 'read-loop'],
    batches,
    throttling: ['Steal time was 3 %.'],
  });
  const statusOf = (id: string) => results.recommendations.find((row) => row.id === id)?.status;
  assert.equal([statusOf('R6'), statusOf('R8'), statusOf('R9')], ['met', 'unmet', 'unmet']);
});

test('a pod condition without observed placement does not meet R1', () => {
  const { recommendations } = analyse({ ...study, conditions: ['pod'] });
  assert.is(recommendations[0]?.status, 'unmet');
});

test('the lag series lays forks over each other, warm-up at the left', () => {
  const lag = lagSeries(study, 'java-hello', 'alternated', 2);
  assert.equal([lag?.mechanism, lag?.forks, lag?.requests, lag?.warmupRequests], ['ld-preload', 6, 430, 30]);
  assert.is(lag?.bins.length, 430);
  assert.is(lag?.bins[0]?.n, 6);
  const long = lagSeries(makeStudy({ forks: 2, perBlock: 500 }), 'java-hello', 'alternated', 0);
  assert.ok(long && long.bins.length <= 600);
  let next = 0;
  for (const bin of long.bins) {
    assert.is(bin.first, next);
    next = bin.last + 1;
    assert.ok(bin.minNs <= bin.p10Ns && bin.p10Ns <= bin.p50Ns && bin.p50Ns <= bin.p90Ns && bin.p90Ns <= bin.maxNs);
  }
  assert.is(next, long.requests);
});

test('the box series agrees with the comparison’s statistics', () => {
  const rough = makeStudy({ stallShare: 0.2 });
  const box = shapeSeries(rough, 'java-hello', 'sliced', [3])[0]?.box;
  const stats = analyse(rough).comparisons.find((row) => row.treated === 'bpftrace')?.treatedStats;
  assert.ok(box && stats);
  assert.equal(
    [box.n, box.minNs, box.q1Ns, box.medianNs, box.q3Ns, box.maxNs, box.whiskerLowNs, box.whiskerHighNs, box.outliers],
    [
      ...[stats.n, stats.minNs, stats.p25Ns, stats.p50Ns, stats.p75Ns, stats.maxNs],
      ...[stats.tukeyLowNs, stats.tukeyHighNs, stats.tukeyOutliers],
    ],
  );
  assert.ok(box.outliers > 200 && box.outliersNs.length === 200);
  assert.is(box.outliersNs.at(-1), box.maxNs);
  assert.equal(
    [...box.outliersNs].sort((a, b) => a - b),
    box.outliersNs,
  );
});

test('the block series runs through all forks in time', () => {
  const points = blockSeries(study, 'java-hello', 'sliced', 0);
  assert.is(points.length, 60);
  assert.is(points[0]?.sinceStartMs, 0);
  for (const [i, point] of points.entries()) {
    assert.ok(i === 0 || point.sinceStartMs > (points[i - 1]?.sinceStartMs ?? 0));
    assert.is(point.n, 40);
  }
});

test('an arm or SUT without samples has no series', () => {
  assert.is(lagSeries(study, 'node-hello', 'sliced', 0), null);
  assert.equal(shapeSeries(study, 'java-hello', 'sliced', [2]), []);
  assert.is(lagSeries(study, 'java-hello', 'alternated', 3), null);
  assert.equal(blockSeries(study, 'java-hello', 'alternated', 3), []);
});

test.run();
