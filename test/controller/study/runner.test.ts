import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hello } from '../../helpers/plan.ts';
import { bench, end, NODE_1, samples } from './run-bench.ts';

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
