import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Observation as ForkObservation, MeasurementRecord } from '#proto';
import { observationRows } from '../../../controller/store/observations.ts';
import { END, fact, forkSeen, LIMITS, missing, PATH, READS, TENANTS } from './observation-fixture.ts';

const observations = suite('observations: forks summed up');

const rows = (...forks: readonly (Partial<ForkObservation> & { node?: string })[]) =>
  observationRows(
    forks.map(({ node = 'node-1', ...over }, i) => ({
      node,
      record: {
        ...{ sequence: i + 1, studyId: 's', assignmentId: 'a', body: 'observation' as const },
        observation: forkSeen({ fork: i, ...over }),
      },
    })),
  );

/** of the forks' one SUT, node and condition */
const one = (...forks: readonly Partial<ForkObservation>[]) => {
  const found = rows(...forks);
  assert.is(found.length, 1);
  return found[0]!;
};

observations('one row per SUT, node and condition', () => {
  const found = rows({}, { sut: 'node-hello' }, { node: 'node-2' }, { condition: 'pod' }, { measuredMs: 500 });
  assert.equal(
    found.map(({ sut, node, condition, forks, measuredMs }) => [sut, node, condition, forks, measuredMs]),
    [
      ['java-hello', 'node-1', 'process', 2, 1500],
      ['node-hello', 'node-1', 'process', 1, 1000],
      ['java-hello', 'node-2', 'process', 1, 1000],
      ['java-hello', 'node-1', 'pod', 1, 1000],
    ],
  );
  const note = { sequence: 1, studyId: 's', assignmentId: 'a', body: 'note', note: { code: 'x', detail: '' } };
  assert.equal(observationRows([{ node: 'node-1', record: note as MeasurementRecord }]), []);
});

observations('tenants are a mean weighted by measured time, limits the worst fork, memory events a sum', () => {
  const quiet = { ...TENANTS, stealShare: fact(0.01), foreignCpuShare: fact(0), cpuPressureShare: fact(0.5) };
  const { tenants, limits } = one(
    { measuredMs: 3000, tenants: quiet, limits: { ...LIMITS, throttledShare: fact(0.2), memoryEvents: fact(3) } },
    { measuredMs: 1000, tenants: { ...quiet, stealShare: fact(0.09) }, limits: { ...LIMITS, memoryEvents: fact(4) } },
  );
  assert.ok(Math.abs((tenants.stealShare.value ?? 0) - 0.03) < 1e-12);
  assert.equal(tenants.cpuPressureShare, { value: 0.5, forks: 2 });
  assert.equal(limits.throttledShare, { value: 0.2, forks: 2 });
  assert.equal(limits.sutRunQueueShare, { value: 0.01, forks: 2 });
  assert.equal(limits.memoryEvents, { value: 7, forks: 2 });
});

observations('without measured time forks weigh alike', () => {
  const at = (share: number) => ({ measuredMs: 0, tenants: { ...TENANTS, stealShare: fact(share) } });
  assert.equal(one(at(0.25), at(0.75)).tenants.stealShare, { value: 0.5, forks: 2 });
});

observations(
  'a fact that one fork misses is that of the others; one that all miss is null, with every reason once',
  () => {
    const blind = (why: string) => ({ limits: { ...LIMITS, ioPressureShare: missing(why) } });
    assert.equal(one(blind('no PSI'), { limits: { ...LIMITS, ioPressureShare: fact(0.4) } }).limits.ioPressureShare, {
      value: 0.4,
      forks: 1,
    });
    assert.equal(one(blind('no PSI'), blind('no time'), blind('no PSI')).limits.ioPressureShare, {
      value: null,
      why: 'no PSI; no time',
    });
  },
);

observations('each pair of places once, with its forks; a fork that saw one end only has none', () => {
  const apart = { ...END, node: 'node-2' };
  const { loadEnd: _, ...blind } = forkSeen();
  const [half] = observationRows([
    { node: 'n', record: { sequence: 1, studyId: 's', assignmentId: 'a', body: 'observation', observation: blind } },
  ]);
  assert.equal(half?.ends, []);
  assert.equal(one({ sutEnd: END }, { sutEnd: apart }, { sutEnd: END }).ends, [
    { load: END, sut: END, forks: 2 },
    { load: END, sut: apart, forks: 1 },
  ]);
});

observations('the way is the least direct that a fork saw', () => {
  const { path } = one(
    {},
    { path: { ...PATH, acceptedBy: 'other', acceptor: 'envoy', meshProxies: ['envoy'] } },
    { path: { ...PATH, route: 'link', device: 'eth0', deviceKind: 'veth', meshProxies: ['envoy'] } },
    { path: { ...PATH, acceptedBy: '', route: '', device: '', deviceKind: '', missing: ['gone'] } },
  );
  assert.equal(path, {
    ...{ acceptedBy: 'other', acceptors: ['envoy'], route: 'link', device: 'eth0', deviceKind: 'veth' },
    ...{ meshProxies: ['envoy'], missing: ['gone'] },
  });
  const unseen = one({ path: { ...PATH, acceptedBy: '', route: '', device: '', deviceKind: '', missing: ['gone'] } });
  assert.equal([unseen.path.acceptedBy, unseen.path.route, unseen.path.device], [null, null, '']);
});

observations('of foreign programs the three that used most in any fork', () => {
  const foreign = (...names: string[]) => ({ tenants: { ...TENANTS, foreign: names } });
  assert.equal(one(foreign('cc1 0.10', 'a b 0.30'), foreign('cc1 0.41', 'ld 0.05', 'odd')).tenants.foreign, [
    { name: 'cc1', share: 0.41 },
    { name: 'a b', share: 0.3 },
    { name: 'ld', share: 0.05 },
  ]);
  assert.equal(one(foreign('odd')).tenants.foreign, [{ name: 'odd', share: null }]);
});

observations('the census is the sum of the forks that took one, the most frequent call first', () => {
  const { reads: _, ...none } = forkSeen();
  const second = { ...READS, calls: [{ call: 'read', kind: 'file', calls: 900, bytes: 10 }] };
  const records = [none, forkSeen(), forkSeen({ reads: second })].map((observation) => ({
    node: 'n',
    record: { sequence: 1, studyId: 's', assignmentId: 'a', body: 'observation' as const, observation },
  }));
  assert.equal(observationRows(records)[0]?.reads, {
    requests: 400,
    forks: 2,
    calls: [
      { call: 'read', kind: 'file', calls: 904, bytes: 100 },
      { call: 'read', kind: 'socket', calls: 203, bytes: 17_864 },
    ],
  });
  assert.equal(observationRows(records.slice(0, 1))[0]?.reads, { calls: null, why: 'no census was taken' });
  const failed = { reads: { requests: 0, calls: [], missing: 'no bpftrace' } };
  assert.equal(one(failed, failed).reads, { calls: null, why: 'no bpftrace' });
  assert.equal(one(failed, {}).reads.calls?.length, 2);
});

observations.run();
