// The interval of the live page against the analysis of the same samples: the same to the last digit where no warm-up is detected.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { estimateShifts } from '../../../controller/analysis/estimate.ts';
import type { Batch } from '../../../controller/analysis/record.ts';
import { armSamples, cellsOf } from '../../../controller/analysis/select.ts';
import { Intervals } from '../../../controller/live/intervals.ts';
import { ARMS, makeStudy } from '../../helpers/study.ts';

const test = suite('live intervals');

function feed(intervals: Intervals, batch: Batch): void {
  if (batch.phase !== 'measure') return;
  const to = intervals.block(batch);
  batch.arm.forEach((arm, i) => {
    to(arm, batch.latencyNs[i] as number);
  });
}

test('after all forks each comparison has the estimate and interval of the analysis', () => {
  const study = makeStudy({ forks: 5, blocks: 6, preloadShiftNs: 900, bpftraceShiftNs: 4000, instanceSdNs: 500 });
  const intervals = new Intervals(ARMS);
  for (const batch of study.batches) {
    feed(intervals, batch);
    intervals.look(1);
  }
  intervals.endFork('node-1');
  intervals.look(2);
  const views = intervals.views();
  assert.equal(views.map(({ treated, design }) => `${treated} ${design}`).sort(), [
    'bpftrace sliced',
    'ld-preload alternated',
    'none alternated',
    'none sliced',
  ]);
  for (const cell of cellsOf(study, ['client'])) {
    for (const arm of ARMS.filter(({ index, design }) => index > 0 && (design === 'both' || design === cell.design))) {
      const exact = estimateShifts(armSamples(cell, 0), armSamples(cell, arm.index), cell.design).p50?.estimate;
      const view = views.find(({ treated, design }) => treated === arm.mechanism && design === cell.design);
      assert.is(view?.forks, 5);
      assert.is(view?.blocks, 30);
      const [, blocks, estimateNs, lowNs, highNs] = view?.history.at(-1) ?? [];
      assert.equal([blocks, estimateNs, lowNs, highNs], [30, exact?.estimateNs, exact?.lowNs, exact?.highNs]);
    }
  }
});

test('it narrows as forks come, and a history stays bounded with its newest point', () => {
  const study = makeStudy({ forks: 60, blocks: 12, perBlock: 6, designs: ['alternated'], forkShiftSdNs: 800 });
  const intervals = new Intervals(ARMS);
  for (const [i, batch] of study.batches.entries()) {
    feed(intervals, batch);
    intervals.look(i);
  }
  const [view] = intervals.views().filter(({ treated }) => treated === 'ld-preload');
  const history = view?.history ?? [];
  assert.ok(history.length > 50 && history.length <= 200, `${history.length}`);
  assert.is(history.at(-1)?.[1], view?.blocks);
  const width = (i: number) => (history.at(i)?.[4] ?? 0) - (history.at(i)?.[3] ?? 0);
  assert.ok(width(-1) < width(Math.floor(history.length / 4)), `${width(-1)} after ${width(10)}`);
});

test('a block under way counts for nothing, and a block with one arm only neither', () => {
  const intervals = new Intervals(ARMS);
  const place = { node: 'n', condition: 'process', sut: 's', design: 'alternated', vantage: 'client', fork: 0 };
  for (let i = 0; i < 50; i++) intervals.block({ ...place, block: 0 })(2, 100);
  intervals.look(1);
  assert.equal(intervals.views(), []);
  intervals.block({ ...place, block: 1 })(0, 100);
  intervals.look(2);
  assert.equal(intervals.views(), []);
});

test.run();
