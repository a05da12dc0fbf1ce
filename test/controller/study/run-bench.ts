/** runPlans on agents without a network and a store in memory. */

import {
  type Assignment,
  type AssignmentEnd,
  encode,
  type Hello,
  type MeasurementRecord,
  type RecordBody,
} from '#proto';
import { Agents } from '../../../controller/ingest/agents.ts';
import type { Lender } from '../../../controller/ingest/lenders.ts';
import { planStudy } from '../../../controller/plan/plan.ts';
import type { StudyStore } from '../../../controller/store/store.ts';
import { type RunOptions, type RunOutcome, runPlans } from '../../../controller/study/runner.ts';
import { hello, resolved } from '../../helpers/plan.ts';
import { PLACE } from '../../helpers/stored.ts';

/** agents without a network: what they are told is written down, and answered by the test */
class FakeAgents extends Agents {
  connected = true;
  /** who says hello, where a test asks for it */
  there: Hello[] = [];
  lent: Lender[] = [];
  readonly told: string[] = [];
  readonly given: Assignment[] = [];
  answer: (what: string, assignmentId: string) => void = () => undefined;

  constructor() {
    super({ token: '', log: () => undefined });
  }

  override hellos(): Hello[] {
    return this.there;
  }

  override lenders(): Lender[] {
    return this.lent;
  }

  override assign(agentId: string, assignment: Assignment): boolean {
    this.given.push(assignment);
    return this.#tell('assign', agentId, assignment.assignmentId);
  }

  override cancel(agentId: string, assignmentId: string): boolean {
    return this.#tell('cancel', agentId, assignmentId);
  }

  #tell(what: string, agentId: string, assignmentId: string): boolean {
    if (!this.connected) return false;
    this.told.push(`${what} ${agentId} ${assignmentId.split('/').at(-1)}`);
    setImmediate(() => this.answer(what, assignmentId));
    return true;
  }
}

export const NODE_1 = hello();
export const end = (over: Partial<AssignmentEnd> = {}): RecordBody => ({
  body: 'end',
  end: { status: 'complete', code: '', message: '', nextStep: '', detail: '', ...over },
});
const columns = { dtNs: new Uint8Array(40), latencyNs: new Uint8Array(40), arm: new Uint8Array(10) };
export const samples: RecordBody = {
  body: 'samples',
  samples: { place: PLACE, t0Ns: 0n, n: 10, ...columns, flags: new Uint8Array(10) },
};

export interface Bench {
  readonly agents: FakeAgents;
  readonly abort: AbortController;
  readonly kept: MeasurementRecord[];
  readonly notices: string[];
  /** what they said */
  readonly said: string[];
  /** an error here is thrown by the next appends */
  readonly disk: { append: Error | null; sync: Error | null };
  send(assignmentId: string, ...bodies: RecordBody[]): void;
  run(nodes?: readonly string[], over?: Partial<RunOptions>): Promise<RunOutcome>;
}

export function bench(): Bench {
  const agents = new FakeAgents();
  const abort = new AbortController();
  const kept: MeasurementRecord[] = [];
  const notices: string[] = [];
  const said: string[] = [];
  const disk: Bench['disk'] = { append: null, sync: null };
  const store = {
    append: (_node: string, _run: string, record: MeasurementRecord) => {
      if (disk.append !== null) throw disk.append;
      kept.push(record);
    },
    sync: async () => {
      if (disk.sync !== null) throw disk.sync;
    },
  } as unknown as StudyStore;
  const send = (assignmentId: string, ...bodies: RecordBody[]) => {
    for (const body of bodies) {
      const record = { sequence: 1, studyId: 's', assignmentId, ...body };
      const { runId } = agents.there.find(({ agentId }) => assignmentId.includes(`/${agentId}/`)) ?? NODE_1;
      const agent = hello({ agentId: assignmentId.split('/')[1] ?? '', runId });
      agents.target?.append(agent, record, encode('Record', record));
    }
  };
  const run = (nodes: readonly string[] = ['node-1'], over: Partial<RunOptions> = {}) =>
    runPlans({
      agents,
      store,
      plans: new Map(nodes.map((node) => [node, planStudy(resolved({ forks: 2 }), node)])),
      signal: abort.signal,
      onProgress: () => undefined,
      onNotice: (code, detail) => {
        notices.push(code);
        said.push(detail);
      },
      graceMs: { away: 60, restart: 60, cancel: 60 },
      ...over,
    });
  return { agents, abort, kept, notices, said, disk, send, run };
}
