/** The messages of hookbench/v1/observation.proto as plain objects. A number that could not be had has its reason in `missing`. */

export interface Fact {
  value: number;
  missing: string;
}

export interface PlacedEnd {
  node: string;
  pod: string;
  podUid: string;
  container: string;
  pidNamespace: string;
  netNamespace: string;
  mountNamespace: string;
  cgroupNamespace: string;
}

export interface NetworkPath {
  acceptedBy: string;
  acceptor: string;
  route: string;
  device: string;
  deviceKind: string;
  meshProxies: string[];
  missing: string[];
}

export interface Tenants {
  stealShare: Fact;
  foreignCpuShare: Fact;
  cpuPressureShare: Fact;
  foreign: string[];
}

export interface Limits {
  throttledShare: Fact;
  memoryPressureShare: Fact;
  ioPressureShare: Fact;
  sutRunQueueShare: Fact;
  loadRunQueueShare: Fact;
  memoryEvents: Fact;
}

export interface CallCount {
  call: string;
  kind: string;
  calls: number;
  bytes: number;
}

export interface ReadCensus {
  requests: number;
  calls: CallCount[];
  missing: string;
}

/** what is absent on the wire is not there */
export interface Observation {
  sut: string;
  condition: string;
  fork: number;
  measuredMs: number;
  slicedMs: number;
  loadEnd?: PlacedEnd;
  sutEnd?: PlacedEnd;
  path: NetworkPath;
  tenants: Tenants;
  limits: Limits;
  reads?: ReadCensus;
}

export const READ_CALLS = [
  'read',
  'readv',
  'pread64',
  'recvfrom',
  'recvmsg',
  'recvmmsg',
  'preadv',
  'preadv2',
  'io_uring_enter',
] as const;
export const READ_KINDS = ['socket', 'file', 'pipe', 'device', 'other'] as const;
