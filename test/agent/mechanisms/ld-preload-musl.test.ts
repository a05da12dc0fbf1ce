// The library layer in a program on musl: the agent knows the libc by the program's file, and the library for it sees every read.
import { closeSync, existsSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { processCondition } from '../../../agent/conditions/process.ts';
import { PATHS } from '../../../agent/config.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { libcOf } from '../../../agent/host/libc.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import { startGenerator } from '../../../agent/load/generator.ts';
import { buildPayloads } from '../../../agent/load/payload.ts';
import { ldPreload } from '../../../agent/mechanisms/ld-preload.ts';
import type { HookOrder, SutTraits } from '../../../agent/mechanisms/mechanism.ts';
import { sud } from '../../../agent/mechanisms/sud.ts';
import { uprobe } from '../../../agent/mechanisms/uprobe/index.ts';
import { SUTS } from '../../../agent/suts/registry.ts';
import { startSut } from '../../../agent/suts/start.ts';
import { needs } from '../../helpers/require.ts';
import { BINARY, build, spawnPort } from '../load/support.ts';

await Promise.all([build('hooks'), build('sut'), build('agent/load/native')]);

const root = mkdtempSync('/dev/shm/hookbench-musl-');
const musl = suite('the library on musl');
musl.after(() => rmSync(root, { recursive: true }));
const sutOf = (id: string) => SUTS.find((one) => one.id === id)!;

musl('a program’s libc is read from its file; of what is none, or none that is whole, nothing is said', () => {
  assert.is(libcOf(PATHS.readLoop), 'glibc');
  assert.is(libcOf('env'), 'glibc');
  if (existsSync(PATHS.staticHello)) assert.is(libcOf(PATHS.staticHello), null);
  assert.is(libcOf('no-such-program'), null);
  assert.is(libcOf(root), null);
  const script = join(root, 'script');
  writeFileSync(script, '#!/bin/sh\n');
  const torn = join(root, 'torn');
  writeFileSync(torn, Buffer.concat([Buffer.from('\x7fELF\x02\x01', 'latin1'), Buffer.alloc(60, 0xff)]));
  assert.equal([libcOf(script), libcOf(torn)], [null, null]);
  const fd = openSync(torn, 'r+');
  ftruncateSync(fd, 20);
  closeSync(fd);
  assert.is(libcOf(torn), null);
});

musl('hooks that know glibc alone are told not to suit; the library suits where it is built for musl', () => {
  const traits: SutTraits = { id: 'x', runtime: 'native', linkage: 'dynamic', filters: false, libc: 'musl' };
  for (const mechanism of [sud, uprobe]) assert.match(mechanism.unsuited?.(traits) ?? '', /runs on musl/, mechanism.id);
  for (const mechanism of [sud, uprobe, ldPreload])
    for (const libc of ['glibc', null] as const) assert.is(mechanism.unsuited?.({ ...traits, libc }), null);
  const why = ldPreload.unsuited?.(traits) ?? '';
  if (existsSync(PATHS.muslLibrary)) assert.is(why, '');
  else assert.match(why, /libhookbench-musl\.so is not there/);
});

for (const id of ['read-loop-musl', 'read-loop']) {
  musl(`every read of ${id} is in the ring, and none is lost`, async () => {
    if (id === 'read-loop-musl' && !needs('musl')) return;
    const dir = mkdtempSync(join(root, 'fork-'));
    const undo = new UndoStack(join(dir, 'undo'));
    const host = { pinning: pinningOf(), undo };
    const keywords = [Buffer.from('evil')];
    const order: HookOrder = { keywords, action: 'observe', functions: ['read'], host, dir, mostReads: 2000 };
    const sut = sutOf(id);
    assert.is(sut.libc, id === 'read-loop' ? 'glibc' : 'musl');
    const hook = await ldPreload.place(order, 'ring', sut.libc);
    const placement = await processCondition.enter(host, new Map(), dir);
    const running = await startSut(sut, { placement, env: hook.env, signal: AbortSignal.timeout(30_000) });
    const generator = await startGenerator({ binary: BINARY, cpu: null, spawn: spawnPort });
    try {
      hook.assertLive(running.pid);
      const { miss } = buildPayloads(keywords);
      await generator.setPayload(0, miss);
      await generator.setTarget({
        id: 0,
        ipv4: '127.0.0.1',
        port: running.port,
        protocol: 'burst',
        requestsPerUnit: 20,
      });
      const run = { step: 0, order: new Uint8Array(50), settle: 0, reconnect: true, timeoutMs: 5000 };
      assert.is((await generator.run(run)).counters[0]?.units, 50);
      const { reads, lost } = hook.drain()!;
      assert.equal([reads.length, lost, hook.counts()?.reads], [1000, 0, 1000]);
      assert.ok(reads.every((read) => read.pid === running.pid && read.latencyNs > 0 && !read.hit));
      assert.is(hook.counts()?.bytes, 1000 * miss.length);
    } finally {
      await Promise.all([generator.stop(), running.stop()]);
      await undo.run();
    }
  });
}

musl.run();
