// The programs from the distribution as SUTs: started as a user without rights, asked by both load generators, seen to have read each request
// as the catalogue says, and stopped with nothing left. Skipped where a program is missing.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { processCondition } from '../../../agent/conditions/process.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import { type LoadGenerator, startGenerator } from '../../../agent/load/generator.ts';
import { buildPayloads } from '../../../agent/load/payload.ts';
import { repliesOf, templateFor } from '../../../agent/load/protocols.ts';
import { grantGroup } from '../../../agent/security/run-as.ts';
import { childrenOf } from '../../../agent/suts/ready.ts';
import { SUTS } from '../../../agent/suts/registry.ts';
import { startSut } from '../../../agent/suts/start.ts';
import type { Sut } from '../../../agent/suts/sut.ts';
import { BINARY, build, spawnPort } from '../load/support.ts';

await Promise.all([build('agent/load/native'), build('sut')]);

const KEYWORDS = ['evil', 'SELECT', 'select'].map((word) => Buffer.from(word));
const payloads = buildPayloads(KEYWORDS);
const apps = SUTS.filter((sut) => !sut.byDefault && sut.runtime !== 'jvm' && sut.protocol.kind !== 'burst');
const runAs = process.getuid?.() === 0 ? { uid: 64_137, gid: 64_137 } : undefined;

const started = suite('programs from the distribution');

for (const sut of apps) {
  const { support, found } = await sut.probe();
  if (support !== 'supported') {
    console.log(`skipped: ${sut.id}: ${found}`);
    continue;
  }

  started(`${sut.id} is started, answers both generators, and leaves nothing`, async () => {
    const dir = mkdtempSync('/dev/shm/hookbench-test-');
    grantGroup(dir, runAs, 0o710);
    const host = {
      pinning: pinningOf(),
      undo: new UndoStack(join(dir, 'undo')),
      ...(runAs && { runAs }),
    };
    const placement = await processCondition.enter(host, new Map(), dir);
    const o = { placement, env: {}, signal: AbortSignal.timeout(60_000), ...(runAs && { runAs }) };
    const [one, other] = await Promise.all([
      startSut(sut, { ...o, dir: join(dir, 'one') }),
      startSut(sut, { ...o, dir: join(dir, 'other') }),
    ]);
    const pids = [one.pid, ...childrenOf(one.pid), other.pid, ...childrenOf(other.pid)];
    try {
      assert.is.not(one.port, other.port);
      assert.is(userOf(one.servingPid), runAs?.uid ?? process.getuid?.());
      if (sut.serving === 'worker') assert.ok(childrenOf(one.pid).includes(one.servingPid), 'its worker');
      else assert.is(one.servingPid, one.pid);
      for (const binary of [BINARY, null]) {
        const generator = await startGenerator({ binary, cpu: null, spawn: spawnPort });
        await asked(generator, sut, [one.port, other.port]).finally(() => generator.stop());
      }
    } finally {
      await Promise.all([one.stop(), other.stop()]);
      rmSync(dir, { recursive: true });
    }
    assert.is(one.ended()?.how, sut.id === 'redis' || sut.id === 'nginx' ? 'exit code 0' : one.ended()?.how);
    assert.equal(
      pids.filter((pid) => existsSync(`/proc/${pid}`)),
      [],
    );
  });
}

started.run();

async function asked(generator: LoadGenerator, sut: Sut, ports: readonly number[]): Promise<void> {
  const { kind } = sut.protocol;
  if (kind === 'burst') throw new Error('not one of these');
  await generator.setPayload(0, payloads.miss);
  await generator.setPayload(1, payloads.hit);
  for (const [id, port] of ports.entries()) {
    const template = templateFor(kind, payloads, KEYWORDS);
    await generator.setTarget({ id, ipv4: '127.0.0.1', port, protocol: kind, replies: repliesOf(kind), template });
  }
  const order = Uint8Array.of(0, 1, 0x80, 0x81, 1, 0x80, 0);
  const run = { step: 1, order, settle: 4, reconnect: true, timeoutMs: 10_000 };
  const { frames, counters } = await generator.run(run);
  assert.equal(
    counters.map(({ units, hitsSent, reconnects }) => [units, hitsSent, reconnects]),
    [
      [8, 4, 1],
      [7, 3, 1],
    ],
  );
  assert.ok(
    counters.every(({ bytesReceived, units }) => bytesReceived % units === 0),
    'the same answer each time',
  );
  assert.ok(frames.every(({ latencyNs }) => latencyNs.every((ns) => ns > 0)));
}

function userOf(pid: number): number {
  return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}
