/** The messages of hookbench.v1 as TypeScript sees them (after codec.ts): enums are short lower-case words, `uint64` is a number that is
 * at most 2^53−1, `fixed64` a bigint, a oneof is a tag `body` beside its one field. The fields are explained in hookbench/v1/*.proto. */

export const PROTOCOL_VERSION = 1;

export type Vantage = 'unspecified' | 'client' | 'caller' | 'interposer' | 'kernel';
export type Design = 'unspecified' | 'alternated' | 'sliced';
export type Phase = 'unspecified' | 'warmup' | 'measure' | 'census' | 'void';
export type Support = 'unspecified' | 'supported' | 'unsupported' | 'inconclusive';

export interface Place {
  sut: string;
  condition: string;
  fork: number;
  block: number;
  step: number;
  phase: Phase;
  design: Design;
  vantage: Vantage;
}

export interface Samples {
  place: Place;
  t0Ns: bigint;
  n: number;
  dtNs: Uint8Array;
  latencyNs: Uint8Array;
  arm: Uint8Array;
  flags: Uint8Array;
}

export interface Histogram {
  place: Place;
  mechanism: string;
  lowNs: number[];
  highNs: number[];
  counts: number[];
}

export interface Parity {
  place: Place;
  mechanism: string;
  source: string;
  expectedReads: number;
  seenReads: number;
  expectedBytes: number;
  seenBytes: number;
  expectedHits: number;
  seenHits: number;
}

export interface Loss {
  hop: string;
  sut: string;
  mechanism: string;
  received: number;
  lost: number;
}

export interface Note {
  code: string;
  detail: string;
}

export interface AssignmentEnd {
  status: string;
  code: string;
  message: string;
  nextStep: string;
  detail: string;
}

export type RecordBody =
  | { body: 'samples'; samples: Samples }
  | { body: 'histogram'; histogram: Histogram }
  | { body: 'parity'; parity: Parity }
  | { body: 'loss'; loss: Loss }
  | { body: 'note'; note: Note }
  | { body: 'end'; end: AssignmentEnd };

export type MeasurementRecord = { sequence: number; studyId: string; assignmentId: string } & RecordBody;

export interface HostFacts {
  hostname: string;
  kernel: string;
  os: string;
  cpu: string;
  cores: number;
  virtualization: string;
  memoryBytes: number;
  libc: string;
  node: string;
  java: string;
  bpftrace: string;
  load: string;
  pinning: string;
}

export interface Capability {
  id: string;
  support: Support;
  needs: string;
  found: string;
  layer: string;
  design: Design;
  vantage: Vantage;
  warmup: number;
  unitSamples: number;
  actions: string[];
}

export interface Hello {
  protocol: number;
  agentId: string;
  runId: string;
  version: string;
  host: HostFacts;
  mechanisms: Capability[];
  suts: Capability[];
  conditions: Capability[];
  token: string;
}

export interface Welcome {
  durableSequence: number;
  credits: number;
}

export interface Progress {
  studyId: string;
  assignmentId: string;
  doneSteps: number;
  totalSteps: number;
  text: string;
}

export interface Instance {
  id: number;
  sut: string;
  mechanism: string;
  arm: number;
  design: Design;
}

export interface Slice {
  sut: string;
  order: Uint8Array;
  arm: number;
  settle: number;
  phase: Phase;
}

export interface Step {
  index: number;
  block: number;
  phase: Phase;
  design: Design;
  attach: string;
  slices: Slice[];
}

export interface Assignment {
  studyId: string;
  assignmentId: string;
  fork: number;
  condition: string;
  action: string;
  keywords: Uint8Array[];
  requestBytes: number;
  instances: Instance[];
  steps: Step[];
}

export type AgentMessage =
  | { body: 'hello'; hello: Hello }
  | { body: 'record'; record: MeasurementRecord }
  | { body: 'progress'; progress: Progress };

export type ControllerMessage =
  | { body: 'welcome'; welcome: Welcome }
  | { body: 'assignment'; assignment: Assignment }
  | { body: 'ack'; ack: { durableSequence: number } }
  | { body: 'cancel'; cancel: { assignmentId: string } };

export interface RunStudyRequest {
  suts: string[];
  mechanisms: string[];
  mechanismsAsked: boolean;
  sutsAsked: boolean;
  conditions: string[];
  action: string;
  requests: number;
  warmup: number;
  warmupFixed: boolean;
  forks: number;
  blocks: number;
  seed: number;
  seedFixed: boolean;
  keywords: Uint8Array[];
  requestBytes: number;
  marginNs: number;
  command: string;
  outDir: string;
  token: string;
  warmupFloor: number;
  warmupFloorFixed: boolean;
  untilNs: number;
  untilFor: string[];
  budgetMs: number;
}

export interface StudyPlanned {
  studyId: string;
  dir: string;
  seed: number;
  forks: number;
  steps: number;
  mechanisms: string[];
  suts: string[];
}

export interface StudyProgress {
  doneSteps: number;
  totalSteps: number;
  samples: number;
  text: string;
}

export interface StudyEnded {
  status: string;
  dir: string;
  code: string;
  message: string;
  nextStep: string;
  detail: string;
}

export type StudyEvent =
  | { body: 'planned'; planned: StudyPlanned }
  | { body: 'progress'; progress: StudyProgress }
  | { body: 'notice'; notice: Note }
  | { body: 'ended'; ended: StudyEnded };

export interface ListAgentsRequest {
  token: string;
}

export interface ListAgentsResponse {
  agents: Hello[];
}

export interface CancelStudyRequest {
  studyId: string;
  token: string;
}

export type CancelStudyResponse = Record<string, never>;

/** message name on the wire → its type here */
export interface MessageTypes {
  AgentMessage: AgentMessage;
  ControllerMessage: ControllerMessage;
  Record: MeasurementRecord;
  Assignment: Assignment;
  RunStudyRequest: RunStudyRequest;
  StudyEvent: StudyEvent;
  ListAgentsRequest: ListAgentsRequest;
  ListAgentsResponse: ListAgentsResponse;
  CancelStudyRequest: CancelStudyRequest;
  CancelStudyResponse: CancelStudyResponse;
}
