/** Programs that do not say their pid, and hooks from outside and inside, in a container: each is known by both of its pids. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { docker } from '../../../agent/conditions/docker/index.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import { ldPreload } from '../../../agent/mechanisms/ld-preload.ts';
import type { PlacedMechanism } from '../../../agent/mechanisms/mechanism.ts';
import { seccompNotify } from '../../../agent/mechanisms/seccomp-notify/index.ts';
import { skSkb } from '../../../agent/mechanisms/sk-skb.ts';
import { grantGroup } from '../../../agent/security/run-as.ts';
import { seenHere } from '../../../agent/session/seen-here.ts';
import { childrenOf } from '../../../agent/suts/ready.ts';
import { SUTS } from '../../../agent/suts/registry.ts';
import { startSut } from '../../../agent/suts/start.ts';
import { containersAfterAll, engineUp } from '../../helpers/engine.ts';
import { needs } from '../../helpers/require.ts';

const programs = suite('condition docker: programs');
const engine = await engineUp();
programs.after(engine.stop);
const USER = { uid: 64_137, gid: 64_137 };

programs('nginx: master and worker, with a hook inside and with one outside', async () => {
  if (!needs('docker')) return;
  const sut = SUTS.find(({ id }) => id === 'nginx')!;
  const { support, found } = await sut.probe();
  if (support !== 'supported') return console.log(`skipped: ${found}`);
  const dir = mkdtempSync('/dev/shm/hookbench-docker-test-');
  grantGroup(dir, USER, 0o710);
  const host = { pinning: pinningOf(), undo: new UndoStack(join(dir, 'undo')), runAs: USER };
  try {
    const rings = join(dir, 'rings');
    mkdirSync(rings, { mode: 0o700 });
    grantGroup(rings, USER, 0o710);
    const order = {
      ...{ keywords: [Buffer.from('evil')], action: 'trace' as const, functions: ['recv', 'recvfrom'] as const },
      ...{ host, dir: rings, mostReads: 16 },
    };
    const placement = await docker.enter(host, new Map(), rings);
    const startWith = async (mechanism: PlacedMechanism) => {
      const hook = await mechanism.place(order, mechanism.id);
      const started = await startSut(sut, {
        ...{ placement, env: hook.env, launcher: hook.launcher ?? [], dir: join(rings, `nginx-${mechanism.id}`) },
        ...{ signal: new AbortController().signal, runAs: USER },
      });
      host.undo.push('SUT', null, () => started.stop());
      hook.assertLive(started.ownPid, started.pid);
      return { started, hook: seenHere(hook, started) };
    };
    const both = await Promise.all([ldPreload, seccompNotify].map(startWith));
    for (const { started, hook } of both) {
      assert.is(started.ownPid, 1);
      assert.equal(childrenOf(started.pid), [started.servingPid]);
      const answer = await fetch(`http://127.0.0.1:${started.port}/evil`, { headers: { connection: 'close' } });
      assert.is(await answer.text(), 'Hello World\n');
      const hits = hook.drain()?.reads.filter(({ hit }) => hit) ?? [];
      assert.equal(
        hits.map(({ pid }) => pid),
        [started.servingPid],
      );
    }
  } finally {
    assert.equal(await host.undo.run(), []);
    rmSync(dir, { recursive: true });
  }
  assert.equal(await containersAfterAll(process.pid), []);
});

programs(
  'verdicts on segments: each connection is noted once, though the program is called for each control group above',
  async () => {
    if (!needs('docker', 'bpf-build')) return;
    const here = await skSkb.probe();
    if (here.support !== 'supported') return console.log(`skipped: ${here.found}`);
    const sut = SUTS.find(({ id }) => id === 'node-hello')!;
    const dir = mkdtempSync('/dev/shm/hookbench-docker-test-');
    grantGroup(dir, USER, 0o710);
    const host = { pinning: pinningOf(), undo: new UndoStack(join(dir, 'undo')), runAs: USER };
    try {
      const placement = await docker.enter(host, new Map(), dir);
      const signal = new AbortController().signal;
      const started = await startSut(sut, { placement, env: {}, signal });
      host.undo.push('SUT', null, () => started.stop());
      const order = {
        ...{ keywords: [Buffer.from('evil')], action: 'observe' as const, functions: ['read'] as const },
        ...{ host, dir, mostReads: 16 },
      };
      const hook = await skSkb.attach(order, [started.servingPid], signal);
      for (const path of ['evil', 'good', 'evil'])
        await fetch(`http://127.0.0.1:${started.port}/${path}`, { headers: { connection: 'close' } });
      const [found] = await hook.detach();
      assert.equal([found?.counts.reads, found?.counts.hits, found?.lost], [3, 2, 0]);
    } finally {
      assert.equal(await host.undo.run(), []);
      rmSync(dir, { recursive: true });
    }
    assert.equal(await containersAfterAll(process.pid), []);
  },
);

programs.run();
