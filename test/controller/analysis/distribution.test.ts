import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import { describeArm } from '../../../controller/analysis/compare.ts';
import { distributionOf } from '../../../controller/analysis/distribution.ts';
import { pairedBlocks } from '../../../controller/analysis/paired-blocks.ts';
import type { Arm } from '../../../controller/analysis/record.ts';
import type { Comparison } from '../../../controller/analysis/results.ts';
import { armSamples, cellsOf } from '../../../controller/analysis/select.ts';
import { pseudoMedian } from '../../../controller/stats/hodges-lehmann.ts';
import { kolmogorovSmirnov } from '../../../controller/stats/kolmogorov-smirnov.ts';
import { sortedCopy } from '../../../controller/stats/samples.ts';
import { DECILES } from '../../../controller/stats/shift-function.ts';
import { ARMS, makeStudy, type StudyShape } from '../../helpers/study.ts';

const test = suite('analysis/distribution');

function rowOf(shape: Partial<StudyShape>, treated: string): Comparison {
  const row = analyse(makeStudy({ warmup: 0, ...shape })).comparisons.find((one) => one.treated === treated);
  assert.ok(row);
  return row as Comparison;
}

/** the fields alone, without the rest of the analysis */
function measured(shape: Partial<StudyShape>, arm: number) {
  const design = arm === 2 ? 'alternated' : 'sliced';
  const study = makeStudy({ warmup: 0, designs: [design], ...shape });
  const cell = cellsOf(study, ['client'])[0];
  assert.ok(cell);
  if (!cell) throw new Error('no cell');
  const samples = [0, arm].map((index) => armSamples(cell, index));
  const [baseline, treated] = samples.map((own, i) => describeArm(ARMS[i === 0 ? 0 : arm] as Arm, own));
  if (!baseline || !treated) throw new Error('no arm');
  const paired = pairedBlocks(baseline.samples, treated.samples);
  return { paired, samples, fields: distributionOf(baseline, treated, paired, design, 'fork') };
}

test('Kolmogorov–Smirnov is over all samples of both arms', () => {
  const { samples, fields } = measured({ preloadShiftNs: 500 }, 2);
  const [before, after] = samples.map(({ latencyNs }) => sortedCopy(latencyNs));
  assert.ok(before && after);
  if (!before || !after) return;
  const { d, p, log10P } = kolmogorovSmirnov(before, after);
  assert.equal(fields.kolmogorovSmirnov, { d, p, log10P });
  assert.ok(p < 0.01);
});

test('Hodges–Lehmann is over the row’s units, and has none below six', () => {
  const { paired, fields } = measured({ preloadShiftNs: 1_000, forks: 8 }, 2);
  const forks = [0, 1, 2, 3, 4, 5, 6, 7].map((fork) => {
    const own = paired.filter((block) => block.fork === fork).map(({ medianShiftNs }) => medianShiftNs);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
  const { shift, low, high } = pseudoMedian(Float64Array.from(forks), 0.95);
  const found = fields.hodgesLehmann;
  assert.equal([found?.units, found?.unit], [8, 'fork']);
  for (const [a, b] of [
    [found?.shiftNs, shift],
    [found?.lowNs, low],
    [found?.highNs, high],
  ] as const) {
    assert.ok(Math.abs((a ?? Number.NaN) - b) < 1e-6);
  }
  assert.ok(low < 1_000 && 1_000 < high);
  assert.is(rowOf({ forks: 5 }, 'ld-preload').hodgesLehmann, null);
  const sliced = rowOf({ forks: 6, bpftraceShiftNs: 1_000 }, 'bpftrace');
  assert.equal([sliced.hodgesLehmann?.unit, sliced.block?.unit], ['fork', 'fork']);
});

test('the blocks’ median shifts average to the row’s own estimate', () => {
  const row = rowOf({ preloadShiftNs: 700, instanceSdNs: 500 }, 'ld-preload');
  const { paired } = measured({ preloadShiftNs: 700, instanceSdNs: 500, designs: ['alternated', 'sliced'] }, 2);
  const average = paired.reduce((sum, { medianShiftNs }) => sum + medianShiftNs, 0) / paired.length;
  assert.ok(Math.abs(average - (row.block?.estimateNs ?? 0)) < 1e-6);
});

test('effective samples follow (1 − ρ)/(1 + ρ) within a fork; forks apart are not correlation', () => {
  const shape = { designs: ['sliced'] as const, perBlock: 1_000, blocks: 5, forks: 4 };
  const correlated = rowOf({ ...shape, lag1: 0.5, instanceSdNs: 20_000 }, 'bpftrace');
  const share = (correlated.effectiveSamples?.baseline ?? 0) / correlated.baselineN;
  assert.ok(share > 0.25 && share < 0.42, `${share}`);
  const independent = rowOf(shape, 'bpftrace');
  assert.ok((independent.effectiveSamples?.treated ?? 0) / independent.n > 0.85);
  assert.is(rowOf({ ...shape, perBlock: 8 }, 'bpftrace').effectiveSamples?.treated, null);
});

test('the band of the shift function holds a constant shift at all deciles in about 95 % of studies or more', () => {
  for (const [arm, shape] of [
    [2, { preloadShiftNs: 1_000, instanceSdNs: 2_000 }],
    [3, { bpftraceShiftNs: 1_000, instanceSdNs: 2_000 }],
  ] as const) {
    let held = 0;
    for (let seed = 1; seed <= 150; seed++) {
      // the bias of a quantile from few samples is the same in both arms
      const band = measured({ ...shape, seed: seed * 7919, blocks: 6, perBlock: 20 }, arm).fields.shiftFunction;
      assert.ok(band);
      if (band?.bandLowNs.every((low, i) => low <= 1_000 && 1_000 <= (band.bandHighNs[i] as number))) held++;
    }
    assert.ok(held / 150 > 0.9, `arm ${arm}: ${held} of 150`);
  }
});

test('a hook that costs only where there is a keyword shows above the median', () => {
  const shape = { hitShiftNs: 8_000, noiseSdNs: 1_000, perBlock: 60 };
  const shifts = rowOf(shape, 'ld-preload').shiftFunction;
  assert.equal(shifts?.probabilities, DECILES);
  assert.ok((shifts?.shiftNs[0] ?? 0) < 2_000 && (shifts?.shiftNs[8] ?? 0) > 6_000);
  assert.ok((shifts?.bandLowNs[8] ?? 0) > (shifts?.bandHighNs[0] ?? 0));
});

test('blocks of fewer than 20 have no deciles', () => {
  assert.is(rowOf({ perBlock: 19, forks: 6 }, 'ld-preload').shiftFunction, null);
});

test.run();
