import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Assignment, bytesOf, type MeasurementRecord } from '#proto';
import { analyse } from '../../../controller/analysis/analyse.ts';
import type { Batch, StudyRecord } from '../../../controller/analysis/record.ts';
import { planForks, planStudy } from '../../../controller/plan/plan.ts';
import { measuredPerArm, timedPerArm, type Until } from '../../../controller/plan/study.ts';
import type { StudyStore } from '../../../controller/store/store.ts';
import { UntilNarrow } from '../../../controller/study/until.ts';
import { BURST_SUT, HTTP_SUT, measuredUnits, resolved } from '../../helpers/plan.ts';
import { makeStudy } from '../../helpers/study.ts';

const test = suite('study: until');

const world = makeStudy({ seed: 3, forks: 12, blocks: 3, perBlock: 30, forkShiftSdNs: 300, preloadShiftNs: 2000 });
const NO_PLAN: ReadonlyMap<string, readonly Assignment[]> = new Map();

interface Ran {
  readonly until: UntilNarrow;
  readonly planned: number[];
  readonly notes: string[];
}

/** the made-up world served fork by fork; each takes 10 s */
function run(wanted: Partial<Until>): Ran {
  const planned: number[] = [];
  const notes: string[] = [];
  let nowMs = 0;
  const kept: MeasurementRecord[] = [];
  const store = { append: (_node: string, _run: string, record: MeasurementRecord) => kept.push(record) };
  const until = new UntilNarrow({
    until: { halfWidthNs: 1000, only: [], budgetMs: 1e9, ...wanted },
    frame: { ...world, batches: [], forks: 6 },
    plan: (fork) => {
      planned.push(fork);
      return NO_PLAN;
    },
    onLook: ({ detail }) => notes.push(detail),
    nowMs: () => nowMs,
  });
  const listening = until.listening(store as unknown as StudyStore);
  let next: typeof NO_PLAN | null = until.first();
  while (next !== null && planned.length <= 12) {
    const fork = planned.at(-1);
    for (const batch of world.batches.filter((one) => one.fork === fork))
      listening.append('node-1', 'r', recordOf(batch));
    nowMs += 10_000;
    next = until.next();
  }
  assert.is(kept.length, world.batches.filter(({ fork }) => fork < planned.length).length, 'all is stored');
  return { until, planned, notes };
}

function recordOf(batch: Batch): MeasurementRecord {
  const { sut, condition, fork, block, step, phase, design, vantage, t0Ns, arm, flags } = batch;
  const place = { sut, condition, fork, block, step, phase, design, vantage } as const;
  const columns = { dtNs: bytesOf(batch.dtNs), latencyNs: bytesOf(Uint32Array.from(batch.latencyNs)), arm, flags };
  const samples = { place: place as never, t0Ns, n: arm.length, ...columns };
  return { sequence: 1, studyId: 's', assignmentId: `s/${batch.node}/process/${fork}`, body: 'samples', samples };
}

/** the analysis of what had been measured by then */
function analysed({ until }: Ran): ReturnType<typeof analyse> {
  const { forks, until: ran } = until.ran();
  const study: StudyRecord = { ...world, forks, until: ran, batches: world.batches.filter(({ fork }) => fork < forks) };
  return analyse(study);
}

const halfWidths = (results: ReturnType<typeof analyse>) =>
  results.comparisons.map(({ block }) => (block === null ? Number.NaN : (block.highNs - block.lowNs) / 2));

test('forks are added one by one until every interval of the results is narrow, and not one more', () => {
  const ran = run({ halfWidthNs: 900 });
  const { forks, until } = ran.until.ran();
  assert.ok(forks > 4 && forks < 12, `${forks} forks`);
  assert.is(until.stopped, 'narrow');
  assert.equal(
    ran.planned,
    Array.from({ length: forks }, (_, i) => i),
  );
  assert.equal(
    until.looks,
    Array.from({ length: forks - 3 }, (_, i) => i + 4),
  );
  assert.is(ran.notes.length, forks - 3);
  const results = analysed(ran);
  for (const width of halfWidths(results)) assert.ok(width <= 900, `${width} ns`);
  const oneLess = { ...world, forks: forks - 1, until: { ...until, looks: until.looks.slice(0, -1) } };
  const before = analyse({ ...oneLess, batches: world.batches.filter(({ fork }) => fork < forks - 1) });
  assert.ok(
    halfWidths(before).some((width) => width > 900),
    'a fork before it was not enough',
  );
  const told = results.study.until;
  assert.ok(told !== null && told.level < 0.05 && told.correction === 'alpha-spending-pocock');
  assert.match(told?.sentence ?? '', /narrow enough after \d+ forks and \d+ looks: every interval .* within ±0\.90 µs/);
  assert.ok(results.warnings.some(({ code, detail }) => code === 'until' && detail === told?.sentence));
});

test('only the comparisons that were named are waited for', () => {
  const all = run({ halfWidthNs: 700 }).until.ran().forks;
  const one = run({ halfWidthNs: 700, only: ['java-hello/bpftrace'] }).until.ran();
  assert.is.not(one.forks, all);
  assert.is(one.until.stopped, 'narrow');
});

test('the budget ends it before a fork that would not end in time, and the results say how wide it is', () => {
  const ran = run({ halfWidthNs: 1, budgetMs: 65_000 });
  const { forks, until } = ran.until.ran();
  assert.is(forks, 6);
  assert.is(until.stopped, 'budget');
  assert.equal(until.looks, [4, 5, 6]);
  assert.match(
    analysed(ran).study.until?.sentence ?? '',
    /budget of 65 s was used up after 6 forks and 3 looks: ld-preload on java-hello is at ±/,
  );
});

test('a budget too short for a look leaves two forks, and one look', () => {
  const { forks, until } = run({ halfWidthNs: 1, budgetMs: 1 }).until.ran();
  assert.is(forks, 2);
  assert.equal(until.looks, [2]);
});

test('fork n is the same in a study that goes on as in one planned that long', () => {
  const long = planStudy(resolved({ forks: 9, requests: 3000 }), 'node-1');
  assert.equal(planForks(resolved({ forks: 9, requests: 3000 }), 'node-1', { from: 3, to: 5 }), long.slice(3, 5));
});

test('forks past those planned have the size of one planned, and the sum is what the study says', () => {
  const study = resolved();
  const made = planForks(study, 'node-1', { from: 0, to: 7 });
  for (const sut of [HTTP_SUT, BURST_SUT]) {
    const samples = timedPerArm(study, sut, 7);
    assert.is(measuredUnits(made).get(`${sut.id} sliced 3`), samples / sut.unitSamples);
    assert.is(timedPerArm(study, sut, study.forks), measuredPerArm(study, sut));
  }
});

test.run();
