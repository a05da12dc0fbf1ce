// The mechanisms of a Node program: whom they suit, and what they say when they are not there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryDir, PATHS } from '../../../agent/config.ts';
import { helloOf } from '../../../agent/hello.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import { appFilter } from '../../../agent/mechanisms/app-filter.ts';
import { ldPreload } from '../../../agent/mechanisms/ld-preload.ts';
import type { PlacedHook, PlacedMechanism } from '../../../agent/mechanisms/mechanism.ts';
import { nodePreload } from '../../../agent/mechanisms/node-preload.ts';
import { none } from '../../../agent/mechanisms/none.ts';
import { SUTS } from '../../../agent/suts/registry.ts';
import { BenchError } from '../../../proto/index.ts';
import { buildAddon } from '../../helpers/node-addon.ts';
import { SUT_COMMANDS } from '../load/support.ts';

buildAddon();
const layers = suite('mechanisms of a Node program');

/** node-hello, started with what the hook asks for but for what is given over it, and what it said until it was ready */
async function started(
  mechanism: PlacedMechanism,
  over: Readonly<Record<string, string | undefined>>,
  look: (o: { hook: PlacedHook; pid: number; stderr: string; status: number }) => void,
): Promise<void> {
  const dir = mkdtempSync(join(memoryDir(), 'hookbench-layers-'));
  const undo = new UndoStack();
  undo.push(`folder ${dir}`, { kind: 'directory', path: dir }, () => rmSync(dir, { recursive: true, force: true }));
  const host = { pinning: pinningOf(), undo };
  const keywords = [Buffer.from('needle')];
  const hook = await mechanism.place(
    { keywords, action: 'observe', functions: ['read', 'recv'], host, dir, mostReads: 100 },
    'hook',
  );
  const [file, ...args] = SUT_COMMANDS['node-hello'];
  const child = spawn(file, args, { env: { ...process.env, ...hook.env, ...over }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => {
    stderr += text;
  });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const port = /port=(\d+)/.exec(line.toString())?.[1];
    const { status } = await fetch(`http://127.0.0.1:${port}/needle`);
    look({ hook, pid: child.pid!, stderr, status });
  } finally {
    child.kill();
    await once(child, 'exit');
    await undo.run();
  }
}

layers('suit Node programs and programs with a filter, and say of the others why not', () => {
  const why = (mechanism: PlacedMechanism) => SUTS.map((sut) => [sut.id, mechanism.unsuited?.(sut) ?? null]);
  const preload = Object.fromEntries(why(nodePreload));
  assert.is(preload['node-hello'], null);
  assert.is(preload['java-hello'], 'java-hello is no Node.js program');
  const filter = Object.fromEntries(why(appFilter));
  assert.is(filter['node-hello'], null);
  assert.is(filter['read-loop'], 'read-loop has no filter of its own');
});

for (const mechanism of [nodePreload, appFilter]) {
  layers(`${mechanism.id} is proven live by its ring, in that process and no other`, async () => {
    await started(mechanism, {}, ({ hook, pid, stderr, status }) => {
      hook.assertLive(pid);
      assert.throws(() => hook.assertLive(pid + 1), isHookDead);
      assert.equal([stderr, status], ['', 200]);
      const { reads, hits } = hook.counts()!;
      assert.equal([reads, hits, hook.drain()!.reads.length], [1, 1, 1]);
      assert.is(hook.countsRequests ?? false, mechanism.id === 'app-filter');
    });
  });

  layers(
    `${mechanism.id} that can't do what it was told says so, lets everything pass, and is not taken for live`,
    async () => {
      const wrong: [Record<string, string | undefined>, RegExp][] = [
        [{ HOOKBENCH_RING: '/nowhere' }, /HOOKBENCH_RING \/nowhere: cannot be opened/],
        [{ HOOKBENCH_KEYWORDS: PATHS.buildDir }, /HOOKBENCH_KEYWORDS .*: not a regular file/],
        [{ HOOKBENCH_ACTION: 'block' }, /differs from the action in the ring file/],
        [{ HOOKBENCH_FUNCTIONS: 'peek' }, /HOOKBENCH_FUNCTIONS peek: not a list of/],
        [{ HOOKBENCH_NODE_ADDON: undefined }, /HOOKBENCH_NODE_ADDON is not set/],
      ];
      for (const [over, says] of wrong) {
        await started(mechanism, over, ({ hook, pid, stderr, status }) => {
          assert.throws(() => hook.assertLive(pid), isHookDead);
          assert.match(stderr, says);
          assert.is(stderr.trim().split('\n').length, 1, stderr);
          assert.equal([status, hook.counts()?.reads], [200, 0]);
        });
      }
    },
  );
}

layers('a program that looks for other functions than were asked for is not taken for live', async () => {
  await started(nodePreload, { HOOKBENCH_FUNCTIONS: 'read' }, ({ hook, pid }) =>
    assert.throws(() => hook.assertLive(pid), isHookDead),
  );
});

function isHookDead(error: unknown): boolean {
  return error instanceof BenchError && error.code === 'hook-dead';
}

layers('the agent says whose records hold the work alone, and whose the read too', async () => {
  const mechanisms = [none, ldPreload, nodePreload, appFilter];
  const { mechanisms: told } = await helloOf({ agentId: 'node-1', runId: 'r', token: '', mechanisms });
  assert.equal(
    told.map(({ clockHolds }) => clockHolds),
    ['', 'call', 'work', 'work'],
  );
});

layers.run();
