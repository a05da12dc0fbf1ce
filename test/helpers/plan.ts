/** A resolved study and an agent's hello, for tests that need one of either without a machine, and ways to look at a plan. */
import type { Assignment, Capability, Hello, Phase, RunStudyRequest, Slice, Step } from '#proto';
import type { ResolvedStudy } from '../../controller/plan/study.ts';
import { NODE } from './study.ts';

export const HTTP_SUT = { id: 'java-hello', warmup: 30, unitSamples: 1 };
export const BURST_SUT = { id: 'read-loop', warmup: 50, unitSamples: 20 };

/** two SUTs, one placed and one attached mechanism, 3 forks of 4 blocks; numbers that divide nothing */
export function resolved(over: Partial<ResolvedStudy> = {}): ResolvedStudy {
  return {
    id: 'study-1',
    seed: 7,
    suts: [HTTP_SUT, BURST_SUT],
    placed: ['ld-preload'],
    attached: ['bpftrace'],
    unsuited: [],
    conditions: ['process'],
    action: 'observe',
    functions: ['read'],
    blockErrno: null,
    requests: 1003,
    warmup: null,
    warmupFloor: null,
    until: null,
    forks: 3,
    blocks: 4,
    keywords: [Buffer.from('word')],
    requestBytes: 88,
    marginNs: null,
    command: 'hookbench run',
    ...over,
  };
}

export function capability(id: string, over: Partial<Capability> = {}): Capability {
  return {
    id,
    support: 'supported',
    needs: `what ${id} needs`,
    found: `what was found for ${id}`,
    layer: '',
    design: 'unspecified',
    vantage: 'unspecified',
    warmup: 0,
    unitSamples: 0,
    actions: [],
    functions: ['read'],
    byDefault: true,
    limits: [],
    sha256: '',
    unsuited: [],
    clockHolds: '',
    ...over,
  };
}

const ACTIONS = ['observe', 'trace'];

/** an agent that can do everything in a small catalogue */
export function hello(over: Partial<Hello> = {}): Hello {
  return {
    protocol: 2,
    agentId: 'node-1',
    runId: 'run-1',
    version: '0.1.0',
    host: NODE,
    mechanisms: [
      capability('none', { actions: ACTIONS }),
      capability('ld-preload', { design: 'alternated', actions: [...ACTIONS, 'block'] }),
      capability('bpftrace', {
        ...{ design: 'sliced', actions: ACTIONS },
        limits: [{ action: 'block', why: 'it only watches' }],
      }),
    ],
    suts: [
      capability('java-hello', {
        ...{ vantage: 'client', warmup: 8000, unitSamples: 1 },
        actions: [...ACTIONS, 'block'],
      }),
      capability('read-loop', { vantage: 'caller', warmup: 2000, unitSamples: 20, actions: ACTIONS }),
    ],
    conditions: [capability('process')],
    token: '',
    ackedSequence: 0,
    ...over,
  };
}

/** what `hookbench run` without options asks for */
export function request(over: Partial<RunStudyRequest> = {}): RunStudyRequest {
  return {
    suts: [],
    sutsAsked: false,
    mechanisms: [],
    mechanismsAsked: false,
    conditions: [],
    action: 'observe',
    functions: [],
    blockErrno: '',
    requests: 0,
    warmup: 0,
    warmupFixed: false,
    forks: 0,
    blocks: 0,
    seed: 0,
    seedFixed: false,
    keywords: [Buffer.from('word')],
    requestBytes: 0,
    marginNs: 0,
    command: 'hookbench run',
    outDir: '',
    token: '',
    warmupFloor: 0,
    warmupFloorFixed: false,
    untilNs: 0,
    untilFor: [],
    studyFile: '',
    budgetMs: 0,
    ...over,
  };
}

export interface PlacedSlice {
  readonly assignment: Assignment;
  readonly step: Step;
  readonly slice: Slice;
  readonly phase: Phase;
}

export const idOf = (byte: number) => byte & 0x3f;
export const hitOf = (byte: number) => byte >> 7;

export function slicesOf(plan: readonly Assignment[]): PlacedSlice[] {
  return plan.flatMap((assignment) =>
    assignment.steps.flatMap((step) =>
      step.slices.map((slice) => ({
        assignment,
        step,
        slice,
        phase: slice.phase === 'unspecified' ? step.phase : slice.phase,
      })),
    ),
  );
}

/** units measured, by "SUT design arm" */
export function measuredUnits(plan: readonly Assignment[]): Map<string, number> {
  const units = new Map<string, number>();
  const add = (key: string, n: number) => units.set(key, (units.get(key) ?? 0) + n);
  for (const { assignment, step, slice, phase } of slicesOf(plan)) {
    if (phase !== 'measure') continue;
    if (step.design === 'sliced') add(`${slice.sut} sliced ${slice.arm}`, slice.order.length);
    else for (const byte of slice.order) add(`${slice.sut} alternated ${instanceOf(assignment, byte).arm}`, 1);
  }
  return units;
}

export function instanceOf(assignment: Assignment, byte: number): Assignment['instances'][number] {
  const instance = assignment.instances.find(({ id }) => id === idOf(byte));
  if (instance === undefined) throw new Error(`no instance ${idOf(byte)}`);
  return instance;
}
