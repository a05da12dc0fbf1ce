import { recommendations } from '../../../controller/analysis/recommendations.ts';
import type { StudyRecord } from '../../../controller/analysis/record.ts';
import type { Observation, Recommendation, SeenEnd, SeenNumber } from '../../../controller/analysis/results.ts';
import { makeStudy } from '../../helpers/study.ts';

export const study = makeStudy({ forks: 2, blocks: 2 });

export const at = (value: number): SeenNumber => ({ value, forks: 2 });
export const unseen = (why: string): SeenNumber => ({ value: null, why });

export const END: SeenEnd = {
  node: 'node-1',
  pod: '',
  podUid: '',
  container: '',
  pidNamespace: '1',
  netNamespace: '2',
  mountNamespace: '3',
  cgroupNamespace: '4',
};
const POD: SeenEnd = { ...END, pod: 'bench-1', podUid: '6c1f', container: 'aaaaaaaaaaaa' };

/** on a laptop, and all well */
export const SEEN: Observation = {
  ...{ sut: 'java-hello', node: study.nodes[0]!.id, condition: 'process', forks: 2, measuredMs: 9000, slicedMs: 3000 },
  ends: [{ load: END, sut: END, forks: 2 }],
  path: {
    ...{ acceptedBy: 'sut', acceptors: [], route: 'loopback', device: 'lo', deviceKind: 'loopback' },
    ...{ meshProxies: [], missing: [] },
  },
  tenants: { stealShare: at(0.001), foreignCpuShare: at(0.02), cpuPressureShare: at(0.4), foreign: [] },
  limits: {
    ...{ throttledShare: at(0), memoryPressureShare: at(0), ioPressureShare: at(0.001) },
    ...{ sutRunQueueShare: at(0.02), loadRunQueueShare: at(0.01), memoryEvents: at(0) },
  },
  reads: {
    ...{ requests: 6000, forks: 1 },
    calls: [
      { call: 'read', kind: 'socket', calls: 12_016, bytes: 1_000_000 },
      { call: 'read', kind: 'file', calls: 24, bytes: 5000 },
    ],
  },
};

/** in a pod, and all well */
export const IN_POD: Observation = {
  ...SEEN,
  condition: 'pod',
  ends: [{ load: POD, sut: { ...POD, container: 'bbbbbbbbbbbb', mountNamespace: '5', pidNamespace: '6' }, forks: 2 }],
};

/** @param observations of the one SUT on the one node; the study's condition is that of the first */
export function rowOf(id: string, observations: readonly Observation[], o: Partial<StudyRecord> = {}): Recommendation {
  const conditions =
    observations.length > 0 ? [...new Set(observations.map(({ condition }) => condition))] : ['process'];
  const found = recommendations({ ...study, conditions, observations, ...o }, [], []).find((row) => row.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}
