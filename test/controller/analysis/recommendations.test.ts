import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import type { Observation, StudyRecord } from '../../../controller/analysis/record.ts';
import type { Recommendation } from '../../../controller/analysis/results.ts';
import { makeStudy } from '../../helpers/study.ts';

const test = suite('analysis: recommendations from what was observed');
const study = makeStudy({});
const [node] = study.nodes.map(({ id }) => id);

const SEEN: Observation = {
  sut: 'java-hello',
  node: node ?? '',
  condition: 'pod',
  placement: {
    loadContainer: 'load',
    sutContainer: 'sut',
    loadPod: 'bench-1',
    sutPod: 'bench-1',
    loadNode: 'node-1',
    sutNode: 'node-1',
  },
  sidecars: [],
  tenants: { stealShare: 0.001, foreignCpuShare: 0.02, cpuPressureShare: 0.01 },
  limits: { throttledShare: 0, memoryPressureShare: 0, ioPressureShare: 0, runQueueShare: 0.01, memoryEvents: 0 },
  reads: [
    { kind: 'socket', calls: 9000 },
    { kind: 'file', calls: 30 },
    { kind: 'pipe', calls: 0 },
  ],
};

function rowOf(id: string, seen: Partial<Observation> | null, o: Partial<StudyRecord> = {}): Recommendation {
  const observations = seen === null ? [] : [{ ...SEEN, ...seen }];
  const record = { ...study, conditions: ['pod'], observations, ...o };
  const found = analyse(record).recommendations.find((row) => row.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

const statusOf = (id: string, seen: Partial<Observation> | null) => rowOf(id, seen).status;

test('what was seen to be right is met, with the observation as evidence', () => {
  for (const id of ['R1', 'R2', 'R3', 'R4', 'R7', 'R8']) assert.is(statusOf(id, {}), 'met', id);
  assert.match(rowOf('R1', {}).evidence, /load in bench-1\/load, SUT in bench-1\/sut/);
  assert.match(rowOf('R7', {}).evidence, /9,000 from sockets, 30 from files/);
  assert.match(rowOf('R8', {}).evidence, /throttled 0\.0 %, .*waiting to run 1\.0 %, 0 memory events/);
});

test('one thing out of place breaks the recommendation that is about it, and no other', () => {
  const placement = (change: Partial<NonNullable<Observation['placement']>>) => ({
    placement: { ...SEEN.placement, ...change } as Observation['placement'],
  });
  const tenants = (change: object) => ({ tenants: { ...SEEN.tenants, ...change } as Observation['tenants'] });
  const limits = (change: object) => ({ limits: { ...SEEN.limits, ...change } as Observation['limits'] });
  const cases: readonly [string, Partial<Observation>][] = [
    ['R1', placement({ sutPod: 'bench-2' })],
    ['R1', placement({ sutContainer: 'load' })],
    ['R2', placement({ sutNode: 'node-2' })],
    ['R3', { sidecars: ['istio-proxy'] }],
    ['R4', tenants({ stealShare: 0.03 })],
    ['R4', tenants({ foreignCpuShare: 0.2 })],
    [
      'R7',
      {
        reads: [
          { kind: 'socket', calls: 10 },
          { kind: 'file', calls: 90 },
        ],
      },
    ],
    ['R8', limits({ throttledShare: 0.03 })],
    ['R8', limits({ memoryPressureShare: 0.03 })],
    ['R8', limits({ ioPressureShare: 0.03 })],
    ['R8', limits({ runQueueShare: 0.03 })],
    ['R8', limits({ memoryEvents: 1 })],
  ];
  for (const [broken, seen] of cases) {
    for (const id of ['R1', 'R2', 'R3', 'R4', 'R7', 'R8'])
      assert.is(statusOf(id, seen), id === broken ? 'unmet' : 'met', `${id} of ${JSON.stringify(seen)}`);
  }
  assert.match(rowOf('R3', { sidecars: ['istio-proxy'] }).evidence, /proxies seen in the path: istio-proxy/);
});

test('what nobody looked at is not met, and the missing fact is named', () => {
  assert.match(rowOf('R1', { placement: null }).evidence, /does not hold the pods that load generator and SUT ran in/);
  for (const [id, seen] of [
    ['R1', { placement: null }],
    ['R2', { placement: null }],
    ['R3', { sidecars: null }],
    ['R4', { tenants: null }],
    ['R7', { reads: null }],
  ] as const) {
    assert.is(statusOf(id, seen), 'unmet', id);
    assert.is(statusOf(id, null), 'unmet', id);
  }
  assert.match(
    rowOf('R7', { reads: null }).evidence,
    /reads by kind \(socket, file, pipe\) are missing for java-hello/,
  );
  assert.match(rowOf('R8', { limits: null }).evidence, /memory events, .*were not looked at/);
});

test('without Kubernetes there is no placement to judge, but tenants are judged where they were seen', () => {
  const here = { conditions: ['process'] };
  for (const id of ['R1', 'R2', 'R3']) assert.is(rowOf(id, null, here).status, 'not-applicable', id);
  const busy = { condition: 'process', tenants: { stealShare: 0.2, foreignCpuShare: 0, cpuPressureShare: 0 } };
  assert.is(rowOf('R4', busy, here).status, 'unmet');
  assert.match(rowOf('R4', busy, here).evidence, /steal 20\.0 %/);
});

test('power: met where a shift like the one seen is found 4 times in 5', () => {
  const strong = analyse(makeStudy({ preloadShiftNs: 9000, bpftraceShiftNs: 9000 })).recommendations[8];
  assert.is(strong?.status, 'met');
  assert.match(strong?.evidence ?? '', /\(power 1\.00\), found 4 times in 5 from/);
  const weak = analyse(makeStudy({ preloadShiftNs: 20, bpftraceShiftNs: 20 })).recommendations[8];
  assert.is(weak?.status, 'unmet');
  assert.match(weak?.evidence ?? '', /would need about [\d,]+ samples per arm instead of/);
});

test.run();
