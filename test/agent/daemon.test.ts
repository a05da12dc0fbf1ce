import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AgentDaemon } from '../../agent/daemon.ts';
import { pinningOf } from '../../agent/host/cores.ts';
import type { Assignment } from '../../proto/index.ts';
import { hello, startController, Target, until } from './uplink/support.ts';

const daemon = suite('agent daemon');

/** one unit to one node-hello; no phase of it is measured for long */
function assignment(assignmentId: string): Assignment {
  const slice = { sut: 'node-hello', order: new Uint8Array(50), arm: 0, settle: 0, phase: 'unspecified' } as const;
  const step = { index: 0, block: 0, phase: 'measure', design: 'alternated', attach: '', slices: [slice] } as const;
  return {
    studyId: 'study',
    assignmentId,
    fork: 0,
    condition: 'process',
    action: 'observe',
    functions: ['read'],
    blockErrno: '',
    keywords: [Buffer.from('needle')],
    requestBytes: 88,
    instances: [{ id: 0, sut: 'node-hello', mechanism: 'none', arm: 0, design: 'alternated' }],
    steps: [{ ...step, slices: [slice] }],
  };
}

daemon('an assignment had twice runs once; another one meanwhile is declined, not forgotten', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hookbench-daemon-'));
  const target = new Target();
  const controller = await startController(target);
  const log: string[] = [];
  const agent = new AgentDaemon({
    controller: `127.0.0.1:${controller.port}`,
    hello: hello(),
    pinning: pinningOf(),
    spoolPath: join(dir, 'spool'),
    spoolLimitBytes: 2 ** 20,
    log: (line) => log.push(line),
  });
  const ended = agent.run();
  const ends = () => target.records.flatMap((record) => (record.body === 'end' ? [record] : []));
  try {
    await until('connected', () => controller.agents.hellos().length === 1);
    for (const id of ['s/agent/process/0', 's/agent/process/0', 's/agent/process/1']) {
      controller.agents.assign('agent', assignment(id));
    }
    await until('both ended', () => ends().length === 2, 30_000);
    controller.agents.assign('agent', assignment('s/agent/process/0'));
    controller.agents.assign('agent', assignment('s/agent/process/2'));
    await until('the next one ended', () => ends().length === 3, 30_000);
    assert.equal(
      ends().map(({ assignmentId, end }) => [assignmentId.at(-1), end.status, end.code]),
      [
        ['1', 'failed', 'busy'],
        ['0', 'complete', ''],
        ['2', 'complete', ''],
      ],
    );
    assert.match(ends()[0]?.end.message ?? '', /still at work on s\/agent\/process\/0/);
    const samples = target.records.flatMap((record) => (record.body === 'samples' ? [record.samples.n] : []));
    assert.equal(samples, [50, 50]);
  } finally {
    await agent.stop('the test is over');
    controller.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  assert.is(await ended, 0);
});

daemon(
  'told to end: what is under way is finished, the next is declined and not passed over, and all is delivered',
  async () => {
    const dir = mkdtempSync(join(tmpdir(), 'hookbench-daemon-'));
    const target = new Target();
    const controller = await startController(target);
    const agent = new AgentDaemon({
      controller: `127.0.0.1:${controller.port}`,
      hello: hello(),
      pinning: pinningOf(),
      spoolPath: join(dir, 'spool'),
      spoolLimitBytes: 2 ** 20,
      log: () => undefined,
    });
    const ended = agent.run();
    const ends = () => target.records.flatMap((record) => (record.body === 'end' ? [record] : []));
    try {
      await until('connected', () => controller.agents.hellos().length === 1);
      controller.agents.assign('agent', assignment('s/agent/process/0'));
      await until('under way', () => agent.status().running);
      const stopped = agent.stop('the test says so', { finishMs: 30_000 });
      assert.ok(agent.status().draining);
      controller.agents.assign('agent', assignment('s/agent/process/1'));
      await stopped;
      assert.is(await ended, 0);
      assert.equal(
        ends().map(({ assignmentId, end }) => [assignmentId.at(-1), end.status, end.code]),
        [
          ['1', 'failed', 'agent-gone'],
          ['0', 'complete', ''],
        ],
      );
    } finally {
      await agent.stop('the test is over');
      controller.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  },
);

daemon.run();
