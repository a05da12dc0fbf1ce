import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AssignmentEnd, encode, type MeasurementRecord, type RecordBody } from '#proto';
import { Agents } from '../../../controller/ingest/agents.ts';
import { planStudy } from '../../../controller/plan/plan.ts';
import type { StudyStore } from '../../../controller/store/store.ts';
import { type RunOutcome, runPlans } from '../../../controller/study/runner.ts';
import { hello, resolved } from '../../helpers/plan.ts';
import { PLACE } from '../../helpers/stored.ts';

/** agents without a network: what they are told is written down, and answered by the test */
class FakeAgents extends Agents {
  connected = true;
  readonly told: string[] = [];
  answer: (what: string, assignmentId: string) => void = () => undefined;

  constructor() {
    super({ token: '', log: () => undefined });
  }

  override assign(agentId: string, assignment: { assignmentId: string }): boolean {
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

const NODE_1 = hello();
const end = (over: Partial<AssignmentEnd> = {}): RecordBody => ({
  body: 'end',
  end: { status: 'complete', code: '', message: '', nextStep: '', detail: '', ...over },
});
const columns = { dtNs: new Uint8Array(40), latencyNs: new Uint8Array(40), arm: new Uint8Array(10) };
const samples: RecordBody = {
  body: 'samples',
  samples: { place: PLACE, t0Ns: 0n, n: 10, ...columns, flags: new Uint8Array(10) },
};

interface Bench {
  readonly agents: FakeAgents;
  readonly abort: AbortController;
  readonly kept: MeasurementRecord[];
  readonly notices: string[];
  /** an error here is thrown by the next appends */
  readonly disk: { append: Error | null; sync: Error | null };
  send(assignmentId: string, ...bodies: RecordBody[]): void;
  run(): Promise<RunOutcome>;
}

function bench(): Bench {
  const agents = new FakeAgents();
  const abort = new AbortController();
  const kept: MeasurementRecord[] = [];
  const notices: string[] = [];
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
      agents.target?.append(NODE_1, record, encode('Record', record));
    }
  };
  const run = () =>
    runPlans({
      agents,
      store,
      plans: new Map([['node-1', planStudy(resolved({ forks: 2 }), 'node-1')]]),
      signal: abort.signal,
      onProgress: () => undefined,
      onNotice: (code) => notices.push(code),
      graceMs: { away: 60, cancel: 60 },
    });
  return { agents, abort, kept, notices, disk, send, run };
}

const noSpace = () => Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });

const test = suite('run plans');

test('forks one after the other, then complete', async () => {
  const b = bench();
  b.agents.answer = (_what, id) => b.send(id, samples, end());
  const { status, failure } = await b.run();
  assert.equal([status, failure], ['complete', null]);
  assert.equal(b.agents.told, ['assign node-1 0', 'assign node-1 1']);
  assert.is(b.kept.length, 4);
  assert.is(b.agents.target, null);
});

test('a cancel that is answered keeps what was measured', async () => {
  const b = bench();
  b.agents.answer = (what, id) => {
    if (what === 'assign') b.abort.abort();
    else b.send(id, samples, end({ status: 'cancelled' }));
  };
  assert.is((await b.run()).status, 'interrupted');
  assert.equal(b.agents.told, ['assign node-1 0', 'cancel node-1 0']);
  assert.is(b.kept.length, 2);
});

test('a cancel that is never answered ends after its grace', async () => {
  const b = bench();
  b.agents.answer = () => b.abort.abort();
  assert.is((await b.run()).status, 'interrupted');
});

test('cancelled before it begins: nothing is assigned', async () => {
  const b = bench();
  b.abort.abort();
  assert.is((await b.run()).status, 'interrupted');
  assert.equal(b.agents.told, []);
});

test('a failed fork ends the study with its reason', async () => {
  const b = bench();
  b.agents.answer = (_what, id) => b.send(id, end({ status: 'failed', code: 'sut-died', message: 'java died' }));
  const { status, failure } = await b.run();
  assert.equal([status, failure?.code, failure?.message], ['failed', 'sut-died', 'java died']);
  assert.is(b.agents.told.length, 1);
});

test('stray records are told once and not stored', async () => {
  const b = bench();
  b.agents.answer = (_what, id) => b.send(id, ...[1, 2, 3].map(() => samples), end());
  const send = b.agents.answer;
  b.agents.answer = (what, id) => {
    for (let i = 0; i < 100; i++) b.send('study-0/node-1/process/9', samples);
    send(what, id);
  };
  assert.is((await b.run()).status, 'complete');
  assert.equal(b.notices, ['stray-record']);
  assert.is(b.kept.length, 8);
});

test('a full disk ends the study and counts what was lost, in the store once there is room', async () => {
  const b = bench();
  b.agents.answer = (what, id) => {
    if (what === 'cancel') {
      b.disk.append = null;
      b.send(id, end({ status: 'cancelled' }));
      return;
    }
    b.send(id, samples);
    b.disk.append = noSpace();
    b.send(id, samples, samples);
  };
  const { status, failure } = await b.run();
  assert.equal([status, failure?.code], ['failed', 'disk-full']);
  const losses = b.kept.flatMap((record) => (record.body === 'loss' ? [record.loss] : []));
  assert.equal(losses, [{ hop: 'stream', sut: '', mechanism: '', received: 10, lost: 20 }]);
});

test('a disk that stays full: the loss is told', async () => {
  const b = bench();
  b.agents.answer = (what, id) => {
    b.disk.append = noSpace();
    b.send(id, samples, ...(what === 'cancel' ? [end({ status: 'cancelled' })] : []));
  };
  assert.is((await b.run()).failure?.code, 'disk-full');
  assert.equal(b.notices, ['lost-samples']);
});

test('a sync that fails ends the study', async () => {
  const b = bench();
  b.disk.sync = noSpace();
  b.agents.answer = (what, id) => {
    if (what === 'assign') void b.agents.target?.sync().catch(() => undefined);
    else b.send(id, end({ status: 'cancelled' }));
  };
  assert.is((await b.run()).failure?.code, 'disk-full');
});

test('an agent that is away too long is given up', async () => {
  const b = bench();
  b.agents.connected = false;
  const { status, failure } = await b.run();
  assert.equal([status, failure?.code], ['failed', 'agent-gone']);
});

test('an assignment lost with the stream is given again; the same run goes on', async () => {
  const b = bench();
  let breaks = 0;
  b.agents.answer = (_what, id) => {
    if (breaks++ > 0) return b.send(id, samples, end());
    b.agents.target?.gone(NODE_1, 'the stream broke');
    b.agents.target?.back(NODE_1);
  };
  assert.is((await b.run()).status, 'complete');
  assert.equal(b.agents.told, ['assign node-1 0', 'assign node-1 0', 'assign node-1 1']);
});

test('an agent restarted in the middle of a fork ends the study at once', async () => {
  const b = bench();
  b.agents.answer = (_what, id) => {
    b.send(id, samples);
    b.agents.target?.gone(NODE_1, 'the stream broke');
    b.agents.target?.back(hello({ runId: 'run-2' }));
  };
  const { status, failure } = await b.run();
  assert.equal([status, failure?.code], ['failed', 'agent-gone']);
  assert.match(failure?.message ?? '', /restarted/);
  assert.is(b.kept.length, 1);
});

test.run();
