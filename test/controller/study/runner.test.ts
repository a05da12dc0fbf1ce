import { suite } from 'uvu';
import * as assert from 'uvu/assert';
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
import { planForks, planStudy } from '../../../controller/plan/plan.ts';
import type { StudyStore } from '../../../controller/store/store.ts';
import { checkPeers } from '../../../controller/study/peers.ts';
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
  /** what they said */
  readonly said: string[];
  /** an error here is thrown by the next appends */
  readonly disk: { append: Error | null; sync: Error | null };
  send(assignmentId: string, ...bodies: RecordBody[]): void;
  run(nodes?: readonly string[], over?: Partial<RunOptions>): Promise<RunOutcome>;
}

function bench(): Bench {
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

const lender = (node: string, network = 'host'): Lender => ({ node, host: '10.0.0.9', port: 7463, network });
const acrossNodes = (node: string, forks = 2) => planStudy(resolved({ forks, conditions: ['nodes:host'] }), node);
const peerGone = end({ status: 'failed', code: 'peer-gone', message: 'the load generator on it was lost' });

test('of several agents, the others go on without one that is gone, and the study says what it has of it', async () => {
  const b = bench();
  b.agents.answer = (_what, id) => {
    if (!id.includes('/node-2/')) return b.send(id, samples, end());
    b.send(id, samples);
    b.agents.target?.gone(hello({ agentId: 'node-2' }), 'its pod was deleted');
  };
  const { status, failure, unfinished } = await b.run(['node-1', 'node-2']);
  assert.equal([status, failure], ['complete', null]);
  assert.equal(b.notices, ['agent-away', 'node-lost']);
  assert.match(
    b.said[1] ?? '',
    /^node-2: .*did not come back.*; 0 of its 2 forks .*, 10 samples of it are kept, and .* node-1$/,
  );
  assert.equal(b.agents.told.sort(), ['assign node-1 0', 'assign node-1 1', 'assign node-2 0']);
  assert.is(b.kept.length, 5, 'what it had sent is kept');
  assert.equal(
    unfinished.map(({ node, fork }) => `${node} ${fork}`),
    ['node-2 0', 'node-2 1'],
  );

  const alone = bench();
  alone.agents.answer = (_what, id) =>
    alone.agents.target?.gone(hello({ agentId: id.split('/')[1]! }), 'the power failed');
  const none = await alone.run(['node-1', 'node-2']);
  assert.equal([none.status, none.failure?.code], ['failed', 'agent-gone'], 'none is left');
});

test('an agent that ends by itself is waited for, and its fork repeated under a number of its own', async () => {
  const b = bench();
  const replace: RunOptions['replace'] = (node) => planForks(resolved(), node, { from: 7, to: 8 })[0]!;
  b.agents.there = [NODE_1];
  b.agents.answer = (_what, id) => {
    if (!id.endsWith('/0')) return b.send(id, samples, end());
    b.send(id, samples, end({ status: 'cancelled' }));
    setTimeout(() => {
      assert.equal(b.agents.told, ['assign node-1 0'], 'nothing for the run that ends');
      b.agents.there = [hello({ runId: 'run-2' })];
      b.agents.target?.back(b.agents.there[0]!);
    }, 30);
  };
  const { status, unfinished } = await b.run(['node-1'], { replace });
  assert.equal([status, b.notices], ['complete', ['fork-repeated']]);
  assert.equal(b.agents.told, ['assign node-1 0', 'assign node-1 7', 'assign node-1 1']);
  assert.is(unfinished.length, 1);
  assert.is(b.kept.length, 6);
});

test('cells across nodes hold both: never two on one node, others beside them', async () => {
  const b = bench();
  const names = ['node-1', 'node-2', 'node-3', 'node-4'];
  b.agents.lent = names.map((name) => lender(name));
  const busy = new Set<string>();
  let most = 0;
  b.agents.answer = (_what, id) => {
    const given = b.agents.given.find(({ assignmentId }) => assignmentId === id)!;
    const held = [id.split('/')[1]!, given.loadPeer!.node];
    for (const node of held) {
      assert.not(busy.has(node), `${node} has two cells at once`);
      busy.add(node);
    }
    most = Math.max(most, busy.size);
    setTimeout(() => {
      for (const node of held) busy.delete(node);
      b.send(id, samples, end());
    }, 10);
  };
  const plans = new Map(names.map((name) => [name, acrossNodes(name)]));
  assert.is((await b.run(names, { plans })).status, 'complete');
  assert.is(b.agents.told.length, 8);
  assert.is(most, 4, 'two cells at once on four nodes');
  const peers = b.agents.given.map((one) => `${one.assignmentId.split('/')[1]} ${one.loadPeer?.node}`);
  assert.equal([...new Set(peers)].sort(), ['node-1 node-2', 'node-2 node-3', 'node-3 node-4', 'node-4 node-1']);
});

test('a load generator that is lost: the fork is repeated with another, and without any the study fails', async () => {
  const b = bench();
  let fork = 5;
  const replace: RunOptions['replace'] = () =>
    planForks(resolved({ conditions: ['nodes:host'] }), 'node-1', { from: ++fork, to: fork + 1 })[0]!;
  b.agents.lent = [lender('node-1'), lender('node-2'), lender('node-3'), lender('node-4', 'pod')];
  b.agents.answer = (_what, id) => {
    const { loadPeer } = b.agents.given.at(-1)!;
    b.send(id, samples, loadPeer?.node === 'node-2' ? peerGone : end());
  };
  const plans = new Map([['node-1', acrossNodes('node-1')]]);
  assert.is((await b.run(['node-1'], { plans, replace })).status, 'complete');
  assert.equal(
    b.agents.given.map(({ loadPeer, fork }) => `${fork} ${loadPeer?.node}`),
    ['0 node-2', '6 node-3', '1 node-3'],
  );
  assert.equal(b.notices, ['fork-repeated', 'peer-changed']);

  const none = bench();
  none.agents.lent = [lender('node-1'), lender('node-4', 'pod')];
  const { status, failure } = await none.run(['node-1'], { plans, replace });
  assert.equal([status, failure?.code], ['failed', 'no-agent']);
  assert.match(failure?.message ?? '', /no other node lends agent node-1 a load generator for nodes:host/);
  assert.throws(
    () => checkPeers(['process', 'nodes:host'], { agents: ['node-1'], lenders: none.agents.lent }),
    /nodes:host needs a load generator in a host network on another node than node-1/,
  );
  checkPeers(['process', 'nodes:pod'], { agents: ['node-1'], lenders: none.agents.lent });
});

test.run();
