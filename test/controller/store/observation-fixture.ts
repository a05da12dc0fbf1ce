import type { Fact, Limits, NetworkPath, Observation, PlacedEnd, ReadCensus, Tenants } from '#proto';

export const fact = (value: number): Fact => ({ value, missing: '' });
export const missing = (why: string): Fact => ({ value: 0, missing: why });

export const END: PlacedEnd = {
  node: 'node-1',
  pod: 'bench-1',
  podUid: '6c1f',
  container: 'aaaaaaaaaaaa',
  pidNamespace: '1',
  netNamespace: '2',
  mountNamespace: '3',
  cgroupNamespace: '4',
};

export const PATH: NetworkPath = {
  acceptedBy: 'sut',
  acceptor: '',
  route: 'loopback',
  device: 'lo',
  deviceKind: 'loopback',
  meshProxies: [],
  missing: [],
};

export const TENANTS: Tenants = {
  stealShare: fact(0.01),
  foreignCpuShare: fact(0.02),
  cpuPressureShare: fact(0.03),
  foreign: [],
};

export const LIMITS: Limits = {
  throttledShare: fact(0),
  memoryPressureShare: fact(0.001),
  ioPressureShare: fact(0.002),
  sutRunQueueShare: fact(0.01),
  loadRunQueueShare: fact(0.02),
  memoryEvents: fact(0),
};

export const READS: ReadCensus = {
  requests: 200,
  calls: [
    { call: 'read', kind: 'socket', calls: 203, bytes: 17_864 },
    { call: 'read', kind: 'file', calls: 4, bytes: 90 },
  ],
  missing: '',
};

/** one fork as it comes off the wire */
export function forkSeen(over: Partial<Observation> = {}): Observation {
  return {
    ...{ sut: 'java-hello', condition: 'process', fork: 0, measuredMs: 1000, slicedMs: 400 },
    ...{ loadEnd: END, sutEnd: { ...END, container: 'bbbbbbbbbbbb' } },
    ...{ path: PATH, tenants: TENANTS, limits: LIMITS, reads: READS },
    ...over,
  };
}
