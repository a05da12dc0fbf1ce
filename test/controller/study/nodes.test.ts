/** Studies over several nodes: whose turn it is where, and what becomes of a study when one is lost. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Lender } from '../../../controller/ingest/lenders.ts';
import { planForks, planStudy } from '../../../controller/plan/plan.ts';
import { checkPeers } from '../../../controller/study/peers.ts';
import type { RunOptions } from '../../../controller/study/runner.ts';
import { hello, resolved } from '../../helpers/plan.ts';
import { bench, end, NODE_1, samples } from './run-bench.ts';

const test = suite('plans over several nodes');

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
