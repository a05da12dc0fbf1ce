/** One message of every kind, with every field set. */

import type {
  Capability,
  Hello,
  MeasurementRecord,
  MessageTypes,
  Observation,
  Place,
  PlacedEnd,
  RecordBody,
} from '../../proto/index.ts';
import { bytesOf } from '../../proto/index.ts';

const place: Place = {
  sut: 'java-hello',
  condition: 'process',
  fork: 1,
  block: 7,
  step: 300,
  phase: 'measure',
  design: 'alternated',
  vantage: 'client',
};

const column = bytesOf(Uint32Array.from([0, 1, 2 ** 31, 2 ** 32 - 1, 12_345]));

export const RECORD_BODIES: readonly RecordBody[] = [
  {
    body: 'samples',
    samples: {
      place,
      t0Ns: 2n ** 53n + 12_345n,
      n: 5,
      dtNs: column,
      latencyNs: column,
      arm: Uint8Array.from([0, 1, 2, 63, 255]),
      flags: Uint8Array.from([0, 1, 2, 3, 0]),
    },
  },
  {
    body: 'histogram',
    histogram: { place, mechanism: 'bpftrace', lowNs: [0, 1.5, 2 ** 40], highNs: [1, 2, 3], counts: [9, 0, 2 ** 53] },
  },
  {
    body: 'parity',
    parity: {
      place: { ...place, vantage: 'kernel', design: 'sliced', phase: 'census' },
      mechanism: 'ld-preload',
      source: 'load',
      expectedReads: 1,
      seenReads: 2,
      expectedBytes: 2 ** 53 - 1,
      seenBytes: 4,
      expectedHits: 5,
      seenHits: 6,
    },
  },
  { body: 'loss', loss: { hop: 'spool', sut: 'read-loop', mechanism: 'none', received: 2 ** 40, lost: 3 } },
  { body: 'note', note: { code: 'throttled', detail: 'µs — “quoted”\n\u0000 日本 🙂' } },
  {
    body: 'traces',
    traces: {
      place: { ...place, vantage: 'kernel' },
      mechanism: 'bpftrace',
      n: 2,
      atNs: bytesOf(BigUint64Array.from([2n ** 63n, 1n])),
      pid: bytesOf(Uint32Array.from([1, 2])),
      fd: bytesOf(Uint32Array.from([3, 2 ** 32 - 1])),
      keyword: bytesOf(Uint32Array.from([0, 2 ** 32 - 1])),
      dropped: 2 ** 40,
    },
  },
  {
    body: 'blocking',
    blocking: { place, mechanism: 'ld-preload', refused: 1, served: 2, leaked: 3, denied: 4 },
  },
  {
    body: 'kernelTime',
    kernelTime: {
      place: { ...place, vantage: 'kernel', design: 'sliced', phase: 'census' },
      ...{ mechanism: 'bpf', fromNs: 2n ** 63n, toNs: 2n ** 63n + 1n, reads: 800, runTimeNs: 2 ** 40, runs: 2000 },
      ...{ besideRunTimeNs: 5, besideRuns: 6, missing: '' },
    },
  },
  { body: 'observation', observation: observation() },
  { body: 'end', end: { status: 'failed', code: 'sut-died', message: 'a', nextStep: 'b', detail: 'c\nd' } },
];

function observation(): Observation {
  const end: PlacedEnd = {
    node: 'node-1',
    pod: 'java-hello-0',
    podUid: '0a1b2c3d-0000-4000-8000-00000000000f',
    container: '0123456789ab',
    pidNamespace: '4026531836',
    netNamespace: '4026531840',
    mountNamespace: '4026531841',
    cgroupNamespace: '4026531835',
  };
  const fact = (value: number) => ({ value, missing: '' });
  return {
    sut: 'java-hello',
    condition: 'process',
    fork: 2,
    measuredMs: 61_000.25,
    slicedMs: 20_000.5,
    loadEnd: end,
    sutEnd: { ...end, pod: '', container: '' },
    path: {
      acceptedBy: 'other',
      acceptor: 'envoy',
      route: 'routed',
      device: 'eth0',
      deviceKind: 'veth',
      meshProxies: ['envoy', 'pilot-agent'],
      missing: ['why one', 'why two'],
    },
    tenants: {
      stealShare: fact(0.01),
      foreignCpuShare: fact(0),
      cpuPressureShare: { value: 0, missing: 'no /proc/pressure/cpu (CONFIG_PSI)' },
      foreign: ['cc1 0.41', 'java 0.02'],
    },
    limits: {
      throttledShare: fact(1),
      memoryPressureShare: fact(0.5),
      ioPressureShare: fact(0.25),
      sutRunQueueShare: fact(0.125),
      loadRunQueueShare: { value: 0, missing: 'gone' },
      memoryEvents: fact(3),
    },
    reads: {
      requests: 500,
      calls: [
        { call: 'read', kind: 'socket', calls: 2 ** 53 - 1, bytes: 44_000 },
        { call: 'io_uring_enter', kind: 'other', calls: 1, bytes: 0 },
      ],
      missing: 'why none',
    },
  };
}

export function record(body: RecordBody): MeasurementRecord {
  return { sequence: 2 ** 33, studyId: 'study', assignmentId: 'study/node/process/0', ...body };
}

const capability: Capability = {
  sha256: 'ab'.repeat(32),
  id: 'ld-preload',
  support: 'inconclusive',
  needs: 'a',
  found: 'b',
  layer: 'library',
  design: 'sliced',
  vantage: 'caller',
  warmup: 8000,
  unitSamples: 20,
  actions: ['observe', 'block'],
  functions: ['read', 'recv'],
  byDefault: true,
  limits: [{ action: 'trace', why: 'w' }],
  unsuited: [{ sut: 'java-hello', why: 'n' }],
  clockHolds: 'work',
};

const hello: Hello = {
  protocol: 2,
  agentId: 'node-1',
  runId: 'abc',
  version: '0.1.0',
  host: {
    hostname: 'h',
    kernel: 'k',
    os: 'o',
    cpu: 'c',
    cores: 4,
    virtualization: 'kvm',
    memoryBytes: 2 ** 44,
    libc: 'glibc',
    node: 'v20',
    java: 'absent',
    bpftrace: '0.17',
    load: 'l',
    pinning: 'p',
  },
  mechanisms: [capability, { ...capability, id: 'none' }],
  suts: [capability],
  conditions: [],
  token: 't',
  ackedSequence: 2 ** 40,
};

const assignment = {
  studyId: 's',
  assignmentId: 'a',
  fork: 3,
  condition: 'process',
  action: 'observe',
  keywords: [Uint8Array.from([1, 255, 128]), Uint8Array.from([65])],
  functions: ['read', 'recvmsg'],
  blockErrno: 'EACCES',
  requestBytes: 88,
  instances: [{ id: 63, sut: 'node-hello', mechanism: 'none', arm: 2, design: 'sliced' }],
  steps: [
    {
      index: 1,
      block: 2,
      phase: 'warmup',
      design: 'sliced',
      attach: 'bpftrace',
      slices: [{ sut: 'node-hello', order: Uint8Array.from([63, 191]), arm: 1, settle: 20, phase: 'unspecified' }],
    },
  ],
} satisfies MessageTypes['Assignment'];

const request = {
  suts: ['java-hello', 'node-hello'],
  mechanisms: ['bpftrace'],
  mechanismsAsked: true,
  sutsAsked: false,
  conditions: ['process'],
  action: 'observe',
  functions: ['read', 'recv'],
  blockErrno: 'EPIPE',
  requests: 50_000,
  warmup: 100,
  warmupFixed: true,
  forks: 3,
  blocks: 10,
  seed: 2 ** 32 - 1,
  seedFixed: true,
  keywords: [Uint8Array.from([200, 201])],
  requestBytes: 88,
  marginNs: 1234.5,
  command: 'hookbench run',
  outDir: 'results',
  token: 't',
  warmupFloor: 50,
  warmupFloorFixed: true,
  untilNs: 1000.5,
  untilFor: ['java-hello/bpftrace'],
  studyFile: 'study.yaml; --seed wins over its seed 5',
  budgetMs: 60_000,
} satisfies MessageTypes['RunStudyRequest'];

type OneMessage = {
  [K in keyof MessageTypes]: { readonly kind: K; readonly what: string; readonly message: MessageTypes[K] };
}[keyof MessageTypes];

const failure = { code: 'c', message: 'm', nextStep: 'n', detail: 'd' };
const studyEvents: readonly MessageTypes['StudyEvent'][] = [
  {
    body: 'planned',
    planned: { studyId: 's', dir: 'd', seed: 1, forks: 2, steps: 3, mechanisms: ['none'], suts: ['a', 'b'] },
  },
  { body: 'progress', progress: { doneSteps: 1, totalSteps: 2, samples: 2 ** 40, text: 'measuring' } },
  { body: 'notice', notice: { code: 'c', detail: 'd' } },
  { body: 'ended', ended: { status: 'complete', dir: 'd', ...failure } },
];
const welcome = {
  ...{ durableSequence: 2 ** 53 - 1, credits: 32, protocol: 2, version: '0.1.0' },
  ...{ creditBytes: 2 ** 22, controllerRun: 'c', discardedSamples: 3 },
};
const controllerMessages: readonly MessageTypes['ControllerMessage'][] = [
  { body: 'welcome', welcome },
  { body: 'assignment', assignment },
  { body: 'ack', ack: { durableSequence: 0, discardedSamples: 2 ** 41 } },
  { body: 'cancel', cancel: { assignmentId: 'a' } },
];
const progress = { studyId: 's', assignmentId: 'a', doneSteps: 1, totalSteps: 2, text: 't' };

export const MESSAGES: readonly OneMessage[] = [
  ...RECORD_BODIES.flatMap((body): OneMessage[] => [
    { kind: 'Record', what: body.body, message: record(body) },
    { kind: 'AgentMessage', what: `record of ${body.body}`, message: { body: 'record', record: record(body) } },
  ]),
  { kind: 'AgentMessage', what: 'hello', message: { body: 'hello', hello } },
  { kind: 'AgentMessage', what: 'progress', message: { body: 'progress', progress } },
  ...controllerMessages.map((message): OneMessage => ({ kind: 'ControllerMessage', what: message.body, message })),
  ...studyEvents.map((message): OneMessage => ({ kind: 'StudyEvent', what: message.body, message })),
  { kind: 'Assignment', what: 'all fields', message: assignment },
  { kind: 'RunStudyRequest', what: 'all fields', message: request },
  { kind: 'ListAgentsRequest', what: 'all fields', message: { token: 't' } },
  { kind: 'ListAgentsResponse', what: 'two agents', message: { agents: [hello, hello] } },
  { kind: 'CancelStudyRequest', what: 'all fields', message: { studyId: 's', token: 't' } },
  { kind: 'CancelStudyResponse', what: 'empty', message: {} },
];
