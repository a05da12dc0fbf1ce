/** The messages of hookbench.v1 as TypeScript sees them (after codec.ts): enums are short lower-case words, `uint64` is a number that is
 * at most 2^53−1, `fixed64` a bigint, a oneof is a tag `body` beside its one field. The fields are explained in hookbench/v1/*.proto. */
import type { Design, MeasurementRecord, Phase, Vantage } from './measurement.ts';

/** 2: the agent says what it knows to be acknowledged, the controller its protocol, credits in bytes, and what it did not keep */
export const PROTOCOL_VERSION = 2;

export type Support = 'unspecified' | 'supported' | 'unsupported' | 'inconclusive';

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

export interface ActionLimit {
  action: string;
  why: string;
}

export interface Unsuited {
  sut: string;
  why: string;
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
  functions: string[];
  byDefault: boolean;
  limits: ActionLimit[];
  sha256: string;
  unsuited: Unsuited[];
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
  ackedSequence: number;
  loadOffer?: LoadOffer;
}

export interface LoadOffer {
  address: string;
  network: string;
}

export interface Welcome {
  durableSequence: number;
  credits: number;
  protocol: number;
  version: string;
  creditBytes: number;
  controllerRun: string;
  discardedSamples: number;
}

export interface Ack {
  durableSequence: number;
  discardedSamples: number;
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
  functions: string[];
  blockErrno: string;
  loadPeer?: LoadPeer;
}

export interface LoadPeer {
  node: string;
  host: string;
  port: number;
}

export type AgentMessage =
  | { body: 'hello'; hello: Hello }
  | { body: 'record'; record: MeasurementRecord }
  | { body: 'progress'; progress: Progress };

export type ControllerMessage =
  | { body: 'welcome'; welcome: Welcome }
  | { body: 'assignment'; assignment: Assignment }
  | { body: 'ack'; ack: Ack }
  | { body: 'cancel'; cancel: { assignmentId: string } };
