// Which mechanisms have nothing to do with which of these SUTs, and that it is so: a preloaded library sees nothing of a static program.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { processCondition } from '../../../agent/conditions/process.ts';
import { PATHS } from '../../../agent/config.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import { startGenerator } from '../../../agent/load/generator.ts';
import { buildPayloads } from '../../../agent/load/payload.ts';
import type { HookOrder } from '../../../agent/mechanisms/mechanism.ts';
import { MECHANISMS } from '../../../agent/mechanisms/registry.ts';
import { SUTS } from '../../../agent/suts/registry.ts';
import { startSut } from '../../../agent/suts/start.ts';
import { BINARY, build, spawnPort } from '../load/support.ts';

await Promise.all([build('hooks'), build('sut'), build('agent/load/native')]);

const suited = suite('mechanisms and the programs that they suit');
const unsuited = (mechanism: string, sut: string) =>
  MECHANISMS.find(({ id }) => id === mechanism)!.unsuited?.(SUTS.find(({ id }) => id === sut)!) ?? null;

suited('a library needs a dynamic program, a hook by pid a process that stands', () => {
  for (const id of ['ld-preload', 'ld-preload:simd', 'uprobe', 'uprobe:symbol'])
    assert.match(unsuited(id, 'static-hello') ?? '', /linked statically/, id);
  for (const id of ['bpf', 'bpftrace', 'uprobe', 'uprobe:symbol'])
    assert.match(unsuited(id, 'postgres') ?? '', /a process for each connection/, id);
  for (const [mechanism, sut] of [
    ['bpf', 'static-hello'],
    ['bpftrace', 'static-hello'],
    ['ld-preload', 'postgres'],
    ['ld-preload', 'nginx'],
    ['bpf', 'nginx'],
  ] as const)
    assert.is(unsuited(mechanism, sut), null, `${mechanism} on ${sut}`);
});

if (existsSync(PATHS.staticHello)) {
  for (const id of ['static-hello', 'node-hello']) {
    const seen = id === 'static-hello' ? 'nothing' : 'every read';
    suited(`the library, preloaded into ${id}, sees ${seen}`, async () => {
      const dir = mkdtempSync('/dev/shm/hookbench-test-');
      const undo = new UndoStack(join(dir, 'undo'));
      const host = { pinning: pinningOf(), undo };
      const keywords = [Buffer.from('evil')];
      const order: HookOrder = { keywords, action: 'observe', functions: ['read'], host, dir, mostReads: 200 };
      const hook = MECHANISMS.find((one) => one.id === 'ld-preload')!;
      assert.is(hook.kind, 'placed');
      if (hook.kind !== 'placed') return;
      const placed = await hook.place(order, 'ring');
      const placement = await processCondition.enter(host, new Map(), dir);
      const sut = await startSut(SUTS.find((one) => one.id === id)!, {
        placement,
        env: placed.env,
        signal: AbortSignal.timeout(30_000),
      });
      const generator = await startGenerator({ binary: BINARY, cpu: null, spawn: spawnPort });
      try {
        const { miss } = buildPayloads(keywords);
        await generator.setPayload(0, miss);
        await generator.setTarget({ id: 0, ipv4: '127.0.0.1', port: sut.port, protocol: 'http' });
        const run = { step: 0, order: new Uint8Array(100), settle: 0, reconnect: true, timeoutMs: 5000 };
        assert.is((await generator.run(run)).counters[0]?.units, 100);
        assert.is(placed.counts()?.reads, id === 'static-hello' ? 0 : 100);
        if (id === 'static-hello') assert.throws(() => placed.assertLive(sut.pid), /is not live in process/);
        else placed.assertLive(sut.pid);
      } finally {
        await Promise.all([generator.stop(), sut.stop()]);
        await undo.run();
        rmSync(dir, { recursive: true });
      }
    });
  }
}

suited.run();
