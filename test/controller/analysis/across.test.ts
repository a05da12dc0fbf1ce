import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import type { StudyRecord } from '../../../controller/analysis/record.ts';
import type { InteractionTable, PooledRow, Results } from '../../../controller/analysis/results.ts';
import { renderJson } from '../../../controller/report/index.ts';
import { studyAcross } from '../../helpers/places.ts';
import type { StudyShape } from '../../helpers/study.ts';

const test = suite('analysis/across');

/** 6 forks × 8 blocks, a hook of 1 µs and live processes a little apart */
const SHAPE: Partial<StudyShape> = {
  blocks: 8,
  perBlock: 20,
  warmup: 0,
  instanceSdNs: 300,
  preloadShiftNs: 1_000,
  bpftraceShiftNs: 1_000,
};

const inConditions = (process: Partial<StudyShape>, docker: Partial<StudyShape>): StudyRecord =>
  studyAcross([
    { condition: 'process', node: 'node-1', shape: { ...SHAPE, seed: 11, ...process } },
    { condition: 'docker', node: 'node-1', shape: { ...SHAPE, seed: 23, ...docker } },
  ]);

const onNodes = (shiftsNs: readonly number[], more: Partial<StudyShape> = {}, seed = 1): StudyRecord =>
  studyAcross(
    shiftsNs.map((shiftNs, i) => ({
      condition: 'process',
      node: `node-${i + 1}`,
      shape: { ...SHAPE, ...more, seed: seed * 1009 + i * 31, preloadShiftNs: shiftNs, bpftraceShiftNs: shiftNs },
    })),
  );

function tableOf(results: Results, design: string): InteractionTable {
  const found = results.interactions?.find((table) => table.design === design);
  assert.ok(found, `no table for ${design}`);
  return found as InteractionTable;
}

function pooledOf(results: Results, treated: string): PooledRow {
  const found = results.pooled?.find((row) => row.treated === treated);
  assert.ok(found, `no pooled row for ${treated}`);
  return found as PooledRow;
}

test('a hook that costs 3 µs more in docker is found to, by about that much', () => {
  const results = analyse(inConditions({}, { preloadShiftNs: 4_000, bpftraceShiftNs: 4_000 }));
  for (const [design, treated] of [
    ['alternated', 'ld-preload'],
    ['sliced', 'bpftrace'],
  ] as const) {
    const table = tableOf(results, design);
    assert.equal(
      [table.factor, table.at, table.levels, table.contrasts.length],
      ['condition', 'node-1', ['process', 'docker'], 1],
    );
    const contrast = table.contrasts[0] as InteractionTable['contrasts'][number];
    assert.equal(
      [contrast.treated, contrast.from, contrast.to, contrast.verdict],
      [treated, 'process', 'docker', 'larger'],
    );
    assert.ok(contrast.lowNs < 3_000 && 3_000 < contrast.highNs && contrast.lowNs > 1_000, JSON.stringify(contrast));
    assert.match(
      contrast.sentence,
      new RegExp(`^${treated}'s overhead in docker is [23]\\.\\d+ µs \\[.*\\] larger than in process \\(Holm's p`),
    );
    assert.ok((table.test?.p ?? 1) < 0.01);
    assert.equal(table.test?.mechanisms, [treated]);
  }
});

test('the other way round it is smaller, with the interval turned', () => {
  const contrast = tableOf(analyse(inConditions({ preloadShiftNs: 4_000 }, {})), 'alternated').contrasts[0];
  assert.is(contrast?.verdict, 'smaller');
  assert.ok((contrast?.highNs ?? 0) < 0);
  assert.match(contrast?.sentence ?? '', /is \d\.\d+ µs \[\d\.\d+, \d\.\d+\] smaller than in process/);
});

test('equal hooks are not told apart, and what would have been seen is said', () => {
  for (const { contrasts } of analyse(inConditions({}, {})).interactions ?? []) {
    assert.is(contrasts[0]?.verdict, 'no-detectable-difference');
    assert.match(
      contrasts[0]?.sentence ?? '',
      /no difference found .*; a true difference of \d\.\d+ µs would be found 4 times in 5\./,
    );
  }
});

test('the contrast is Welch’s of the two rows, each with its own units', () => {
  const results = analyse(inConditions({}, { forks: 4 }));
  const contrast = tableOf(results, 'alternated').contrasts[0];
  const shifts = results.comparisons.filter((c) => c.design === 'alternated');
  const of = (condition: string) => shifts.find((c) => c.condition === condition)?.block;
  const estimateNs = (of('docker')?.estimateNs ?? 0) - (of('process')?.estimateNs ?? 0);
  assert.ok(Math.abs((contrast?.estimateNs ?? 0) - estimateNs) < 1e-6);
  // between the smaller df and their sum: 3 and 5
  assert.ok((contrast?.df ?? 0) >= 3 && (contrast?.df ?? 0) <= 8, `${contrast?.df}`);
});

test('where nothing depends on the condition it is claimed in about 5 % of studies', () => {
  const found = { contrast: 0, f: 0 };
  let tables = 0;
  for (let seed = 1; seed <= 150; seed++) {
    const rough = { blocks: 4, perBlock: 10, lag1: 0.3, driftNs: 2_000, instanceSdNs: 2_000 };
    const study = inConditions({ ...rough, seed: seed * 7919 }, { ...rough, seed: seed * 104_729 + 1 });
    for (const { contrasts, test: f } of analyse(study).interactions ?? []) {
      tables++;
      if ((contrasts[0]?.p ?? 1) < 0.05) found.contrast++;
      if ((f?.p ?? 1) < 0.05) found.f++;
    }
  }
  // 0.05 ± 3 sd at 260 tables and more; A/A failures take some rows out
  assert.ok(tables > 260, `${tables}`);
  for (const [name, count] of Object.entries(found)) {
    assert.ok(count / tables > 0.009 && count / tables < 0.091, `${name}: ${count} of ${tables}`);
  }
});

test('one place has neither contrast nor pooled row', () => {
  const results = analyse(onNodes([1_000]));
  assert.equal([results.interactions, results.pooled], [[], []]);
});

test('nodes that agree: the pooled interval holds the truth, nothing says they differ', () => {
  const row = pooledOf(analyse(onNodes([1_000, 1_000, 1_000, 1_000, 1_000])), 'ld-preload');
  assert.is(row.nodes.length, 5);
  assert.ok(row.pooled.lowNs < 1_000 && 1_000 < row.pooled.highNs, JSON.stringify(row.pooled));
  assert.ok(row.heterogeneity.qP > 0.05);
  assert.ok(row.prediction && row.prediction.lowNs < row.pooled.lowNs);
  assert.match(row.sentence, /over 5 nodes.*no disagreement among the nodes found/);
});

test('nodes that differ by 3 µs: said, with tau near the truth and a prediction that reaches beyond the average', () => {
  const row = pooledOf(analyse(onNodes([1_000, 4_000, 1_000, 4_000, 2_500, 2_500])), 'ld-preload');
  assert.ok(row.heterogeneity.qP < 0.001 && row.heterogeneity.iSquared > 0.8);
  const weighted = row.nodes.reduce((sum, { weight, estimateNs }) => sum + weight * estimateNs, 0);
  assert.ok(Math.abs(weighted - row.pooled.estimateNs) < 1e-6);
  // true sd 1,342
  assert.ok(row.heterogeneity.tauNs > 900 && row.heterogeneity.tauNs < 1_900, `${row.heterogeneity.tauNs}`);
  assert.ok((row.prediction?.highNs ?? 0) > row.pooled.highNs + 1_000);
  assert.match(row.sentence, /the nodes disagree \(I² \d+ %, .*a further node is to be expected between/);
});

test('two nodes are pooled without a word about others', () => {
  const results = analyse(onNodes([1_000, 1_000]));
  const row = pooledOf(results, 'ld-preload');
  assert.is(row.prediction, null);
  assert.is(row.pooled.df, 1);
  assert.match(row.sentence, /two nodes are too few to speak of others: 1 degree of freedom/);
  const table = tableOf(results, 'alternated');
  assert.equal([table.factor, table.at, table.levels], ['node', 'process', ['node-1', 'node-2']]);
  assert.match(table.contrasts[0]?.sentence ?? '', /on node-2 and on node-1/);
});

test('a node whose row is invalid is left out and named', () => {
  const study = onNodes([1_000, 1_000, 1_000]);
  const lost = {
    hop: 'ring',
    sut: 'java-hello',
    node: 'node-3',
    mechanism: 'ld-preload',
    received: 10,
    lost: 5,
  } as const;
  const row = pooledOf(analyse({ ...study, loss: [lost] }), 'ld-preload');
  assert.equal(
    row.nodes.map(({ node }) => node),
    ['node-1', 'node-2'],
  );
  assert.equal(
    row.leftOut.map(({ node }) => node),
    ['node-3'],
  );
  assert.match(row.sentence, /left out: node-3/);
});

test('variance: what is put in at each level comes out, and what to add follows from it', () => {
  const ofShape = (shape: Partial<StudyShape>, treated: string) => {
    const row = analyse(onNodes([1_000], shape)).variance?.find((one) => one.treated === treated);
    assert.ok(row);
    return { row, sd: (level: string) => row?.levels.find((one) => one.level === level)?.sdNs ?? Number.NaN };
  };
  // two processes, each 3 µs apart from start to start: 3·√2
  const forks = ofShape({ forks: 40, instanceSdNs: 3_000, noiseSdNs: 500 }, 'ld-preload');
  assert.ok(Math.abs(forks.sd('fork') / (3_000 * Math.SQRT2) - 1) < 0.35, `${forks.sd('fork')}`);
  assert.is(forks.row?.add, 'forks');
  assert.equal(
    forks.row?.levels.map(({ level, units }) => [level, units]),
    [
      ['fork', 40],
      ['block', 320],
      ['request', 6_400],
    ],
  );
  assert.match(forks.row?.sentence ?? '', /twice the forks would narrow it to about 7[1-9] %/);
  // one process, independent requests of sd 2 µs on both sides; a median's variance is π/2 of a mean's
  const requests = ofShape({ forks: 8, blocks: 20, perBlock: 60 }, 'bpftrace');
  assert.ok(
    Math.abs(requests.sd('request') / (2_000 * Math.SQRT2 * Math.sqrt(Math.PI / 2)) - 1) < 0.15,
    `${requests.sd('request')}`,
  );
  assert.is(requests.row?.add, 'requests');
  // nothing else was put in: a block's median varies by its requests alone, 458 ns a pair of medians
  assert.ok(requests.sd('block') < 230, `${requests.sd('block')}`);
  // a wave from slice to slice is the block's
  const blocks = ofShape({ forks: 8, blocks: 20, perBlock: 60, noiseSdNs: 300, waveNs: 0, lag1: 0.97 }, 'bpftrace');
  assert.is(blocks.row?.add, 'blocks');
  for (const { row } of [forks, requests, blocks]) {
    const sum = (key: 'share' | 'intervalShare') => row?.levels.reduce((total, level) => total + level[key], 0) ?? 0;
    assert.ok(Math.abs(sum('share') - 1) < 1e-9 && Math.abs(sum('intervalShare') - 1) < 1e-9);
  }
});

test('several nodes add a level of their own', () => {
  const row = analyse(onNodes([1_000, 9_000, 1_000, 9_000])).variance?.find(({ treated }) => treated === 'ld-preload');
  assert.equal(
    row?.levels.map(({ level }) => level),
    ['node', 'fork', 'block', 'request'],
  );
  assert.is(row?.add, 'nodes');
});

test('sequential rows are neither contrasted nor pooled nor split', () => {
  const study = inConditions({ designs: ['alternated'] }, { designs: ['alternated'] });
  const results = analyse({
    ...study,
    batches: study.batches.map((batch) => ({ ...batch, design: 'sequential' as const })),
  });
  assert.ok(results.comparisons.length > 0);
  assert.equal([results.interactions, results.pooled, results.variance], [[], [], []]);
});

test('everything can be written as JSON', () => {
  renderJson(analyse(inConditions({}, {})));
  renderJson(analyse(onNodes([1_000, 2_000, 3_000])));
});

test.run();
