import { scaleLog } from 'd3-scale';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { StudyRecord } from '../../../controller/analysis/record.ts';
import { logTicks } from '../../../controller/report/figures/axis.ts';
import { boxplotFigures } from '../../../controller/report/figures/boxplot.ts';
import type { Figure } from '../../../controller/report/figures/frame.ts';
import { lagFigure } from '../../../controller/report/figures/lag.ts';
import { paletteFor } from '../../../controller/report/figures/palette.ts';
import { figureMarkup } from '../../../controller/report/html/figure.ts';
import { figureSets, type SeriesFunctions } from '../../../controller/report/index.ts';
import { goodResults } from '../../helpers/results.ts';
import { figuresFor } from './figure-fixture.ts';

const test = suite('report/figures');
const palette = paletteFor(['ld-preload', 'bpftrace']);
const drawn = (figure: Figure | null | undefined) => (figure ? figureMarkup(figure).text : '');

const study = {
  suts: ['java-hello'],
  nodes: [{ id: 'node-1' }],
  conditions: ['process'],
  arms: [
    { index: 0, mechanism: 'none', aa: false, design: 'both' },
    { index: 1, mechanism: 'none', aa: true, design: 'both' },
    { index: 2, mechanism: 'ld-preload', aa: false, design: 'alternated' },
  ],
} as unknown as StudyRecord;

const BOX = {
  n: 10,
  minNs: 1,
  q1Ns: 2,
  medianNs: 3,
  q3Ns: 4,
  maxNs: 90,
  whiskerLowNs: 1,
  whiskerHighNs: 6,
  outliers: 2,
  outliersNs: [8, 90],
};
const ECDF = {
  body: [
    { share: 0, ns: 1 },
    { share: 1, ns: 90 },
  ],
  bandShare: 0.02,
  tail: [{ share: 0.1, ns: 8, lowShare: 0.05, highShare: 0.2 }],
};
const HISTOGRAM = { fromNs: 0, widthNs: 2, bins: 3, n: 10, counts: [2, 5, 1], below: 0, above: 2 };
const BIN = { first: 0, last: 99, n: 100, minNs: 1, p10Ns: 2, p50Ns: 3, p90Ns: 4, maxNs: 5 };

const series: SeriesFunctions = {
  figureCell: (_study, sut, design) => {
    return design === 'alternated'
      ? { sut, node: 'node-1', condition: 'process', vantage: 'caller', design, batches: [] }
      : undefined;
  },
  shapeSeries: (_study, _sut, design, arms) =>
    design === 'alternated' ? arms.map((arm) => ({ arm, box: BOX, ecdf: ECDF, histogram: HISTOGRAM })) : [],
  vantageSeries: () => [
    {
      mechanism: 'ld-preload',
      design: 'alternated',
      outsideVantage: 'client',
      insideVantage: 'interposer',
      source: 'samples',
      forks: 3,
      outside: { estimateNs: 50_000, lowNs: 49_000, highNs: 51_000 },
      inside: { estimateNs: 1_500, lowNs: 1_400, highNs: 1_600 },
      remains: { estimateNs: 48_500, lowNs: 47_400, highNs: 49_600 },
    },
  ],
  lagSeries: (_study, _sut, design, arm) => {
    return design === 'alternated'
      ? {
          mechanism: 'x',
          aa: false,
          forks: 1,
          requests: 100,
          warmupRequests: arm === 0 ? 40 : 0,
          cuts: [20, 40],
          blockStarts: [40, 70],
          bins: [BIN],
        }
      : null;
  },
  blockSeries: (_study, _sut, design) =>
    design === 'alternated'
      ? [{ fork: 0, block: 1, sinceStartMs: 2, medianNs: 3, interval: { lowNs: 2, highNs: 4 }, n: 4 }]
      : [],
};

test('series of a study become inputs: named arms, vantage of the cell, exclusive bin ends, no warm-up as null', () => {
  const [set] = figureSets(study, series);
  assert.equal(
    set?.boxes.map((b) => [b.label, b.design, b.vantage, b.outlierCount]),
    [
      ['none', 'alternated', 'caller', 2],
      ['none (A/A)', 'alternated', 'caller', 2],
      ['ld-preload', 'alternated', 'caller', 2],
    ],
  );
  assert.equal(
    set?.lags.map((l) => l.warmupEndIndex),
    [40, null, null],
  );
  assert.is(set?.lags[0]?.bins[0]?.toIndex, 100);
  assert.equal(set?.blocks[0]?.points, [
    { fork: 0, block: 1, timeNs: 2e6, medianNs: 3, interval: { lowNs: 2, highNs: 4 } },
  ]);
  assert.equal(set?.lags[0]?.blockStartIndexes, [40, 70]);
  assert.equal(
    set?.vantages.map((row) => [row.label, row.inside.estimateNs]),
    [['ld-preload', 1_500]],
  );
  assert.equal(
    set?.histograms.map((one) => one.counts.length),
    [3, 3, 3],
  );
});

test('places are named only where there are several', () => {
  assert.is(figureSets(study, series)[0]?.boxes[0]?.place, undefined);
  const two = { ...study, conditions: ['process', 'netns'] };
  assert.is(figureSets(two, series)[0]?.boxes[0]?.place, 'process, node-1');
});

test('a boxplot says how many lie beyond the whiskers and the slowest', () => {
  const [set] = figuresFor(goodResults());
  const [figure] = boxplotFigures('java-hello', 'x', set?.boxes ?? [], palette);
  assert.ok(drawn(figure).includes('3.5 % beyond, max 564.4 µs'));
  assert.ok(drawn(figure).includes('1,604 of 46,000 beyond the whiskers'));
});

test('boxes of two vantages never share a figure', () => {
  const boxes = figuresFor(goodResults()).flatMap((set) => set.boxes);
  assert.is(boxplotFigures('all', 'x', boxes, palette).length, 2);
});

test('a lag plot marks the end of the warm-up, or none where none was dropped', () => {
  const lag = figuresFor(goodResults())[0]?.lags[0];
  if (lag === undefined) throw new Error('the fixture has lag plots');
  assert.ok(drawn(lagFigure('s', 'x', [lag], palette)).includes('warm-up ends at 4,000'));
  const edges = (forkEndIndexes: readonly number[]) =>
    drawn(lagFigure('s', 'x', [{ ...lag, forkEndIndexes }], palette)).split('class="edge"').length;
  assert.is(edges([2_000, 3_000, 3_000, 4_000]) - edges([]), 4, 'two forks ended sooner, on the page and on the phone');
  const none = drawn(lagFigure('s', 'x', [{ ...lag, warmupEndIndex: null }], palette));
  assert.not.match(none, /class="warmup"/);
  assert.ok(none.includes('no warm-up dropped'));
});

test('the slowest request is drawn however many bins share a pixel', () => {
  const lag = figuresFor(goodResults())[0]?.lags[0];
  const bin = lag?.bins[0];
  if (lag === undefined || bin === undefined) throw new Error('the fixture has lag plots');
  const bins = Array.from({ length: 600 }, (_, i) => ({
    ...bin,
    fromIndex: i,
    toIndex: i + 1,
    maxNs: i === 301 ? 9e8 : 1e6,
  }));
  const text = drawn(lagFigure('s', 'x', [{ ...lag, warmupEndIndex: null, bins }], palette));
  const tops = [...text.matchAll(/class="thin" d="([^"]+)"/g)].map((m) =>
    Math.min(
      ...(m[1] ?? '')
        .split(/[ML]/)
        .slice(1)
        .map((p) => Number(p.split(',')[1])),
    ),
  );
  assert.ok(tops.length === 4 && (tops[1] ?? 99) < 5 && (tops[3] ?? 99) < 5, String(tops));
});

test('degenerate series draw without NaN', () => {
  const flat = { label: 'none', mechanism: 'none', aa: false, design: 'sequential' as const };
  const bins = [{ fromIndex: 0, toIndex: 1, minNs: 0, p10Ns: 0, p50Ns: 0, p90Ns: 0, maxNs: 0 }];
  const lag = drawn(lagFigure('s', 'x', [{ ...flat, warmupEndIndex: 9, bins }], palette)) || 'NaN';
  const zero = {
    n: 0,
    q1Ns: 0,
    medianNs: 0,
    q3Ns: 0,
    whiskerLowNs: 0,
    whiskerHighNs: 0,
    outlierCount: 0,
    outliersNs: [],
    maxNs: 0,
  };
  const box = drawn(boxplotFigures('s', 'x', [{ ...flat, vantage: 'client', ...zero }], palette)[0]) || 'NaN';
  assert.not.match(lag + box, /NaN|Infinity/);
  assert.is(lagFigure('s', 'x', [{ ...flat, warmupEndIndex: null, bins: [] }], palette), null);
});

test('each mechanism keeps its colour; baseline and A/A are grey', () => {
  assert.is(palette({ mechanism: 'bpftrace', aa: false }), 'c-1');
  assert.is(palette({ mechanism: 'none', aa: false }), 'c-base');
  assert.is(palette({ mechanism: 'none', aa: true }), 'c-aa');
});

test('log ticks carry their own unit', () => {
  const labels = logTicks(scaleLog([8e2, 2e6], [100, 0])).map((tick) => tick.label);
  assert.equal(labels, ['1 µs', '10 µs', '100 µs', '1 ms']);
});

test.run();
