import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../controller/analysis/analyse.ts';
import type { Observation, SeenEnd } from '../../../controller/analysis/results.ts';
import { powerAfterPilot } from '../../../controller/stats/pilot-power.ts';
import { tTestPower } from '../../../controller/stats/power.ts';
import { tQuantile } from '../../../controller/stats/student.ts';
import { makeStudy } from '../../helpers/study.ts';
import { at, IN_POD, rowOf, SEEN, study, unseen } from './observation-fixture.ts';

const test = suite('analysis: recommendations from what was observed');

const IDS = ['R1', 'R2', 'R3', 'R4', 'R7', 'R8'];
const pair = (load: Partial<SeenEnd>, sut: Partial<SeenEnd>): Partial<Observation> => {
  const [seen] = IN_POD.ends;
  return { ends: [{ load: { ...seen!.load, ...load }, sut: { ...seen!.sut, ...sut }, forks: 2 }] };
};
const path = (change: Partial<Observation['path']>) => ({ path: { ...SEEN.path, ...change } });
const tenants = (change: Partial<Observation['tenants']>) => ({ tenants: { ...SEEN.tenants, ...change } });
const limits = (change: Partial<Observation['limits']>) => ({ limits: { ...SEEN.limits, ...change } });
const reads = (...rows: readonly (readonly [call: string, kind: string, calls: number])[]) => ({
  reads: { requests: 100, forks: 1, calls: rows.map(([call, kind, calls]) => ({ call, kind, calls, bytes: calls })) },
});

test('in a pod: what was seen to be right is met, with the observation as evidence', () => {
  for (const id of IDS) assert.is(rowOf(id, [IN_POD]).status, 'met', id);
  const evidence = (id: string) => rowOf(id, [IN_POD]).evidence;
  assert.is(evidence('R1'), 'seen: java-hello: load in bench-1/aaaaaaaaaaaa, SUT in bench-1/bbbbbbbbbbbb');
  assert.is(evidence('R2'), 'seen: java-hello: load on node-1, SUT on node-1, over loopback (lo)');
  assert.match(evidence('R3'), /the SUT itself accepted the connections, no mesh proxy seen in its network namespace/);
});

test('on one machine: R1 to R3 are not applicable and say what was seen, R4, R7 and R8 are decided', () => {
  const row = (id: string) => rowOf(id, [SEEN]);
  assert.equal(
    IDS.map((id) => row(id).status),
    ['not-applicable', 'not-applicable', 'not-applicable', 'met', 'met', 'met'],
  );
  assert.match(
    row('R1').evidence,
    /^condition process: no Kubernetes here. Seen: java-hello: SUT and load generator in the same network, pid, mount and cgroup namespace$/,
  );
  assert.match(row('R2').evidence, /load on node-1, SUT on node-1, over loopback \(lo\)$/);
  assert.match(row('R3').evidence, /the SUT itself accepted the connections/);
  assert.match(
    row('R4').evidence,
    /^seen on \S+ \(\w+\); java-hello: steal 0\.1 %, foreign CPU 2\.0 %, CPU pressure 40\.0 % \(our own processes included\)$/,
  );
  assert.is(
    row('R7').evidence,
    'java-hello: 12,040 calls of read: 99.8 % sockets, 0.2 % files; no recv or other call of the family; the hook meets the reads it is for',
  );
  assert.match(row('R8').evidence, /throttled 0\.0 %, .*SUT waiting for a CPU 2\.0 %, .*memory limit never hit/);
});

test('one thing out of place breaks the recommendation that is about it, and no other', () => {
  const cases: readonly [string, Partial<Observation>, RegExp][] = [
    ['R1', pair({}, { podUid: '7777', pod: 'bench-2' }), /SUT in bench-2\/bbbbbbbbbbbb \(not one pod\)/],
    ['R1', pair({}, { container: 'aaaaaaaaaaaa' }), /not seen to be separate containers/],
    ['R1', pair({}, { pod: '', podUid: '', netNamespace: '9' }), /SUT in no pod \(not one pod\)/],
    ['R2', pair({}, { node: 'node-2' }), /load on node-1, SUT on node-2/],
    ['R3', path({ meshProxies: ['envoy'] }), /mesh proxies in its network namespace: envoy/],
    ['R3', path({ acceptedBy: 'other', acceptors: ['socat'] }), /socat accepted the connections, not the SUT/],
    ['R4', tenants({ stealShare: at(0.03) }), /steal 3\.0 % \(over 2 %\)/],
    ['R4', tenants({ foreignCpuShare: at(0.2) }), /foreign CPU 20\.0 % \(over 10 %\)/],
    ['R7', reads(['read', 'socket', 10], ['read', 'file', 90]), /reads mostly from elsewhere than sockets/],
    [
      'R7',
      reads(['read', 'socket', 98], ['recvfrom', 'socket', 2]),
      /java-hello receives from sockets by other calls than read/,
    ],
    ['R7', reads(['io_uring_enter', 'other', 9], ['read', 'pipe', 1]), /by other calls than read, which the hook/],
    ['R7', reads(['pread64', 'file', 9]), /java-hello never calls read/],
    ['R7', reads(), /no read and no other call of its family; java-hello never calls read/],
    ['R8', limits({ throttledShare: at(0.03) }), /throttled 3\.0 % \(over 2 %\)/],
    ['R8', limits({ memoryPressureShare: at(0.03) }), /memory pressure 3\.0 % \(over 2 %\)/],
    ['R8', limits({ ioPressureShare: at(0.03) }), /I\/O pressure 3\.0 % \(over 2 %\)/],
    ['R8', limits({ sutRunQueueShare: at(0.12) }), /SUT waiting for a CPU 12\.0 % \(over 10 %\)/],
    ['R8', limits({ loadRunQueueShare: at(0.12) }), /load waiting for a CPU 12\.0 % \(over 10 %\)/],
    ['R8', limits({ memoryEvents: at(3) }), /memory limit hit 3 times/],
  ];
  for (const [broken, seen, pattern] of cases) {
    const observations = [{ ...IN_POD, ...seen }];
    for (const id of IDS)
      assert.is(rowOf(id, observations).status, id === broken ? 'unmet' : 'met', `${id} of ${JSON.stringify(seen)}`);
    assert.match(rowOf(broken, observations).evidence, pattern);
  }
});

test('one fork out of place is enough', () => {
  const apart = [...IN_POD.ends, ...(pair({}, { node: 'node-2', podUid: '7777' }).ends ?? [])];
  assert.is(rowOf('R1', [{ ...IN_POD, ends: apart }]).status, 'unmet');
  assert.is(rowOf('R2', [{ ...IN_POD, ends: apart }]).status, 'unmet');
  assert.match(rowOf('R2', [{ ...IN_POD, ends: apart }]).evidence, /SUT on node-1, then load on node-1, SUT on node-2/);
});

test('where a cgroup namespace hides ids, shared network and separate mounts tell a pod', () => {
  const hidden = { podUid: '', pod: '', container: '' };
  assert.is(rowOf('R1', [{ ...IN_POD, ...pair({}, hidden) }]).status, 'met');
  assert.is(rowOf('R1', [{ ...IN_POD, ...pair({}, { ...hidden, mountNamespace: '3' }) }]).status, 'unmet');
  assert.is(rowOf('R1', [{ ...IN_POD, ...pair({}, { ...hidden, netNamespace: '' }) }]).status, 'unmet');
  assert.is(rowOf('R1', [{ ...IN_POD, ...pair(hidden, hidden) }]).status, 'unmet');
});

test('a pod that is seen counts also where none was asked for', () => {
  const process = { ...IN_POD, condition: 'process' };
  assert.equal([rowOf('R1', [process]).status, rowOf('R2', [process]).status], ['met', 'met']);
});

test('what nobody looked at is not met, and the missing fact is named', () => {
  const cases: readonly [string, Partial<Observation>, RegExp][] = [
    ['R1', { ends: [] }, /does not hold the pods that load generator and SUT ran in: java-hello/],
    ['R2', { ends: [] }, /does not hold the nodes/],
    ['R2', pair({ node: '' }, {}), /does not hold the nodes/],
    [
      'R3',
      path({ acceptedBy: null, missing: ['no such socket'] }),
      /the proxies in the path: java-hello \(no such socket\)/,
    ],
    ['R4', tenants({ stealShare: unseen('no /proc/stat') }), /steal not seen \(no \/proc\/stat\)/],
    ['R4', tenants({ foreignCpuShare: unseen('no hostPID') }), /foreign CPU not seen \(no hostPID\)/],
    ['R7', { reads: { calls: null, why: 'no BTF' } }, /missing for java-hello \(no BTF\)/],
  ];
  for (const [id, seen, pattern] of cases) {
    const row = rowOf(id, [{ ...IN_POD, ...seen }]);
    assert.is(row.status, 'unmet', id);
    assert.match(row.evidence, pattern);
    assert.is(rowOf(id, [], { conditions: ['pod'] }).status, 'unmet', id);
  }
});

test('R8 is not met by what nobody saw, and says what that is; R4 does without CPU pressure', () => {
  const blind = limits({ memoryPressureShare: unseen('no PSI'), ioPressureShare: unseen('no PSI') });
  assert.is(rowOf('R8', [{ ...SEEN, ...blind }]).status, 'unmet');
  assert.is(rowOf('R8', []).status, 'unmet');
  assert.match(rowOf('R8', [{ ...SEEN, ...blind }]).evidence, /memory pressure, I\/O pressure not seen \(no PSI\)/);
  assert.match(
    rowOf('R8', []).evidence,
    /no CPU throttling .* during the study; memory events, .* were not looked at$/,
  );
  const half = rowOf('R8', [SEEN], { suts: ['java-hello', 'read-loop'] });
  assert.is(half.status, 'unmet');
  assert.match(half.evidence, /were not looked at for read-loop$/);
  const throttled = rowOf('R8', [SEEN], { throttling: ['A cgroup was throttled.'] });
  assert.is(throttled.status, 'unmet');
  assert.match(throttled.evidence, /^A cgroup was throttled\.; java-hello: throttled/);
  const stolen = rowOf('R8', [SEEN], { warnings: [{ code: 'cpu-steal', detail: 'Stolen.' }] });
  assert.is(stolen.status, 'unmet');
  const calm = { ...SEEN, ...tenants({ cpuPressureShare: unseen('no PSI') }) };
  assert.is(rowOf('R4', [calm]).status, 'met');
  assert.match(rowOf('R4', [calm]).evidence, /CPU pressure not seen \(no PSI\)/);
});

test('on one machine a SUT that nobody observed leaves R4 unmet; where nobody looked at all it is not applicable', () => {
  assert.match(
    rowOf('R4', [SEEN], { suts: ['java-hello', 'read-loop'] }).evidence,
    /other tenants’ use of the CPU: read-loop/,
  );
  for (const id of ['R1', 'R2', 'R3', 'R4']) assert.is(rowOf(id, []).status, 'not-applicable', id);
});

test('a proxy in the path is one outside clusters too, and R1 tells namespaces that differ', () => {
  assert.is(rowOf('R3', [{ ...SEEN, ...path({ acceptedBy: 'other', acceptors: ['socat'] }) }]).status, 'unmet');
  const [seen] = SEEN.ends;
  const ends = [{ load: seen!.load, sut: { ...seen!.sut, netNamespace: '9', cgroupNamespace: '' }, forks: 2 }];
  assert.match(
    rowOf('R1', [{ ...SEEN, ends }]).evidence,
    /the same pid and mount namespace, another network namespace/,
  );
  const veth = path({ route: 'link', device: 'eth0', deviceKind: 'veth' });
  assert.match(rowOf('R2', [{ ...SEEN, ...veth }]).evidence, /one network device away \(eth0, veth\)/);
  assert.match(
    rowOf('R2', [{ ...SEEN, ...path({ route: null, device: '' }) }]).evidence,
    /route between them was not seen/,
  );
  assert.match(rowOf('R1', [{ ...SEEN, ends: [] }]).evidence, /processes of both ends could not be seen/);
});

test('a hook on what the application calls meets it: recv is the system call recvfrom', () => {
  const received = { ...SEEN, ...reads(['recvfrom', 'socket', 99], ['read', 'socket', 1], ['read', 'file', 0]) };
  assert.is(rowOf('R7', [received]).status, 'unmet');
  assert.is(rowOf('R7', [received], { functions: ['read', 'recv'] }).status, 'met');
  const evidence = rowOf('R7', [received], { functions: ['read', 'recv'] }).evidence;
  assert.match(
    evidence,
    /99 calls of recvfrom: 100\.0 % sockets; 1 call of read: 100\.0 % sockets; no other call of the/,
  );
});

test('a few calls of the runtime itself are no miss, and small shares are not rounded to nothing', () => {
  const few = { ...SEEN, ...reads(['read', 'socket', 99_990], ['recvmsg', 'socket', 10], ['read', 'other', 3]) };
  assert.is(rowOf('R7', [few]).status, 'met');
  assert.match(
    rowOf('R7', [few]).evidence,
    /99,993 calls of read: 100\.0 % sockets, under 0\.1 % other; 10 calls of recvmsg/,
  );
});

test('foreign programs are told with their share; several places with one text are told together', () => {
  const foreign = [
    { name: 'cc1', share: 0.41 },
    { name: 'odd', share: null },
  ];
  const row = rowOf('R4', [{ ...SEEN, ...tenants({ foreignCpuShare: at(0.5), foreign }) }]);
  assert.match(row.evidence, /foreign CPU 50\.0 % \(over 10 %, at most, in one fork, cc1 41\.0 %, odd\)/);
  const two = rowOf('R3', [SEEN, { ...SEEN, sut: 'node-hello' }], { suts: ['java-hello', 'node-hello'] });
  assert.match(two.evidence, /Seen: java-hello, node-hello: the SUT itself/);
  assert.match(rowOf('R2', [SEEN, IN_POD]).evidence, /java-hello in pod: load on/);
});

test('results carry the observations where there are any, and an import has none', () => {
  assert.equal(analyse({ ...study, observations: [SEEN] }).observations, [SEEN]);
  assert.not.ok('observations' in analyse(study));
  assert.not.ok('observations' in analyse({ ...study, observations: [] }));
});

test('power: met where a shift like the one seen is found 4 times in 5', () => {
  const strong = analyse(makeStudy({ preloadShiftNs: 9000, bpftraceShiftNs: 9000 })).recommendations[8];
  assert.is(strong?.status, 'met');
  assert.match(strong?.evidence ?? '', /\(power 1\.00\), found 4 times in 5 from/);
  const weak = analyse(makeStudy({ preloadShiftNs: 20, bpftraceShiftNs: 20 })).recommendations[8];
  assert.is(weak?.status, 'unmet');
  assert.match(weak?.evidence ?? '', /would need about [\d,]+ samples per arm instead of/);
});

test('power does not take the variance seen for the true one', () => {
  const results = analyse(makeStudy({ forks: 4, preloadShiftNs: 700, bpftraceShiftNs: 900, forkShiftSdNs: 300 }));
  const block = results.comparisons[0]?.block;
  if (!block) throw new Error('no block');
  const df = block.units - 1;
  const ratio = Math.abs(block.estimateNs) / ((block.highNs - block.lowNs) / 2 / tQuantile(0.975, df));
  const power = powerAfterPilot(ratio, df, df);
  const promised = tTestPower(ratio, df);
  assert.ok(promised - power > 0.02, `${power} and ${promised} are told apart`);
  assert.ok(results.recommendations[8]?.evidence.includes(`(power ${power.toFixed(2)})`));
});

test.run();
