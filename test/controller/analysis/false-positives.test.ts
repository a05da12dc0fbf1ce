import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { estimateShifts } from '../../../controller/analysis/estimate.ts';
import type { Design } from '../../../controller/analysis/results.ts';
import { armSamples, cellsOf } from '../../../controller/analysis/select.ts';
import type { Inference } from '../../../controller/analysis/unit.ts';
import { moments } from '../../../controller/stats/summary.ts';
import { pooledTTest } from '../../../controller/stats/t-test.ts';
import { makeStudy, type StudyShape } from '../../helpers/study.ts';

/** what the paper's data shows: autocorrelation 0.4, drift, live processes 3 µs apart, stalls */
const ROUGH: Partial<StudyShape> = {
  perBlock: 20,
  warmup: 0,
  lag1: 0.4,
  instanceSdNs: 3000,
  driftNs: 3000,
  waveNs: 3000,
  stallShare: 0.01,
};
const STUDIES = 300;
const TREATED_ARM: Readonly<Record<string, number>> = { alternated: 2, sliced: 3 };

interface Tally {
  /** share of studies whose A/A interval excludes 0 */
  readonly aaShare: number;
  /** share of studies whose treated interval holds the true shift */
  readonly coverage: number;
  /** share of studies in which the paper's test would have found an A/A difference */
  readonly pooledShare: number;
  readonly meanErrorNs: number;
}

function simulate(design: Design, shape: Partial<StudyShape>, trueShiftNs: number): Tally {
  const sum = { aa: 0, covered: 0, pooled: 0, error: 0 };
  for (let seed = 1; seed <= STUDIES; seed++) {
    const study = makeStudy({
      ...shape,
      seed: seed * 7919,
      designs: [design],
      preloadShiftNs: trueShiftNs,
      bpftraceShiftNs: trueShiftNs,
    });
    const cell = cellsOf(study, ['client'])[0];
    if (!cell) throw new Error('no cell');
    const [none, again, hook] = [0, 1, TREATED_ARM[design] as number].map((arm) => armSamples(cell, arm));
    if (!none || !again || !hook) throw new Error('no arm');
    const aa = estimateShifts(none, again, design).p50 as Inference;
    const effect = estimateShifts(none, hook, design).p50 as Inference;
    if (aa.estimate.p < 0.05) sum.aa++;
    if (pooledTTest(moments(none.latencyNs), moments(again.latencyNs)).p < 0.05) sum.pooled++;
    if (effect.estimate.lowNs <= trueShiftNs && trueShiftNs <= effect.estimate.highNs) sum.covered++;
    sum.error += effect.estimate.estimateNs - trueShiftNs;
  }
  return {
    aaShare: sum.aa / STUDIES,
    coverage: sum.covered / STUDIES,
    pooledShare: sum.pooled / STUDIES,
    meanErrorNs: sum.error / STUDIES,
  };
}

function told(name: string, { aaShare, coverage, pooledShare }: Tally): void {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  console.log(
    `${name}: A/A false positives ${percent(aaShare)} (pooled t ${percent(pooledShare)}), coverage ${percent(coverage)} of ${STUDIES} studies`,
  );
}

const test = suite('analysis: false positives and coverage over simulated studies');

test('alternated: about 5 % under drift, autocorrelation and processes that differ; the pooled test far above', () => {
  const tally = simulate('alternated', ROUGH, 1000);
  told('alternated, 6 forks', tally);
  assert.ok(tally.aaShare >= 0.02 && tally.aaShare <= 0.09, `${tally.aaShare}`);
  assert.ok(tally.coverage >= 0.91 && tally.coverage <= 0.985, `${tally.coverage}`);
  assert.ok(tally.pooledShare > 0.5, `${tally.pooledShare}`);
});

test('sliced: about 5 % as well', () => {
  const tally = simulate('sliced', ROUGH, 1000);
  told('sliced, 6 forks', tally);
  assert.ok(tally.aaShare >= 0.02 && tally.aaShare <= 0.09, `${tally.aaShare}`);
  assert.ok(tally.coverage >= 0.91 && tally.coverage <= 0.985, `${tally.coverage}`);
  assert.ok(Math.abs(tally.meanErrorNs) < 60, `${tally.meanErrorNs}`);
});

test('sliced: about 5 % too where a mechanism costs differently in each process', () => {
  const tally = simulate('sliced', { ...ROUGH, forkShiftSdNs: 500 }, 1000);
  told('sliced, 6 forks that differ', tally);
  assert.ok(tally.aaShare >= 0.015 && tally.aaShare <= 0.09, `${tally.aaShare}`);
  assert.ok(tally.coverage >= 0.91 && tally.coverage <= 0.99, `${tally.coverage}`);
});

test('both designs hold with 4 forks', () => {
  for (const design of ['alternated', 'sliced'] as const) {
    const tally = simulate(design, { ...ROUGH, forks: 4 }, 1000);
    told(`${design}, 4 forks`, tally);
    assert.ok(tally.aaShare >= 0.01 && tally.aaShare <= 0.09, `${tally.aaShare}`);
  }
});

test('both designs hold even with 2 forks that differ', () => {
  for (const design of ['alternated', 'sliced'] as const) {
    const tally = simulate(design, { ...ROUGH, forks: 2, forkShiftSdNs: 700 }, 1000);
    told(`${design}, 2 forks that differ`, tally);
    assert.ok(tally.aaShare <= 0.09, `${tally.aaShare}`);
    assert.ok(tally.coverage >= 0.91, `${tally.coverage}`);
  }
});

test.run();
