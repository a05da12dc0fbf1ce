/** Hooks of somebody else's that are attached from outside, attached for real. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import type { AttachedMechanism, HookOrder } from '../../../agent/mechanisms/mechanism.ts';
import { MECHANISMS, mechanismsOf } from '../../../agent/mechanisms/registry.ts';
import { BenchError } from '../../../proto/index.ts';
import { buildOwnObject, ownScript } from '../../helpers/own-hook.ts';
import { needs } from '../../helpers/require.ts';
import { NEVER } from './attached-check.ts';

const dir = mkdtempSync(join(tmpdir(), 'hookbench-own-attached-'));
const zero = openSync('/dev/zero', 'r');
const undo = new UndoStack(join(dir, 'journal'));
const own = suite('own hooks, attached from outside');
own.after(() => rmSync(dir, { recursive: true, force: true }));
own.after.each(async () => assert.equal(await undo.run(), []));

async function catalogue(files: Readonly<Record<string, string>>): Promise<Map<string, AttachedMechanism>> {
  const folder = mkdtempSync(join(dir, 'hooks-'));
  for (const [name, from] of Object.entries(files)) {
    if (from.startsWith('/')) copyFileSync(from, join(folder, name));
    else writeFileSync(join(folder, name), from);
  }
  const added = (await mechanismsOf(folder, null)).filter((one) => !MECHANISMS.includes(one));
  return new Map(added.map((one) => [one.id, one as AttachedMechanism]));
}

const order: HookOrder = {
  ...{ keywords: [Buffer.from('x')], action: 'observe', functions: ['read'], dir, mostReads: 10 },
  host: { pinning: pinningOf(), undo },
};

/** how many probes on the end of read our children have; null without bpftool, which alone tells */
function probesOnRead(): number | null {
  const { status, stdout } = spawnSync('bpftool', ['perf', 'show'], { encoding: 'utf8' });
  if (status !== 0) return null;
  const pids = [...stdout.matchAll(/^pid (\d+) .*sys_exit_read\b/gm)].map(([, pid]) => Number(pid));
  return pids.filter((pid) => parentOf(pid) === process.pid).length;
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
  } catch {
    return 0;
  }
}

const script = needs('ebpf') ? own : own.skip;

script('a script: attached when we say so, gone when detached; of it only the clocks outside are claimed', async () => {
  const hooks = await catalogue({ 'vendor.bt': ownScript });
  const vendor = hooks.get('own:vendor')!;
  assert.equal([vendor.kind, vendor.layer, vendor.actions], ['attached', 'kernel', ['observe']]);
  const { support, found } = await vendor.probe();
  assert.is(support, 'supported', found);
  assert.match(found, /vendor\.bt, sha256 [0-9a-f]{64}; does not write our ring: .*parity is not known/);
  const before = probesOnRead();
  const hook = await vendor.attach(order, [process.pid], NEVER);
  assert.is(probesOnRead(), before === null ? null : before + 1);
  assert.is(hook.died(), null);
  assert.equal(await hook.detach(), []);
  assert.is(probesOnRead(), before);
});

script('a script that can not be attached, or does not stay, is refused in words', async () => {
  const hooks = await catalogue({ 'wrong.bt': 'BEGIN { nonsense }', 'short.bt': 'BEGIN { exit(); }' });
  const told = async (id: string) =>
    `${(await hooks.get(id)!.probe()).support} ${(await hooks.get(id)!.probe()).found}`;
  assert.match(await told('own:wrong'), /^unsupported wrong\.bt is not used: .*Unknown identifier: 'nonsense'/);
  assert.match(await told('own:short'), /^unsupported short\.bt is not used: it ends by itself/);
});

script('killed while attached, it says so', async () => {
  const vendor = (await catalogue({ 'vendor.bt': ownScript })).get('own:vendor')!;
  const hook = await vendor.attach(order, [process.pid], NEVER);
  const { stdout } = spawnSync('pgrep', ['-P', String(process.pid), 'bpftrace'], { encoding: 'utf8' });
  process.kill(Number(stdout), 'SIGKILL');
  while (hook.died() === null) await new Promise((resolve) => setTimeout(resolve, 10));
  const error = await hook.detach().catch((failure: unknown) => failure);
  assert.is((error as BenchError).code, 'probe-died');
});

const object = needs('ebpf', 'bpf-build') ? own : own.skip;

object('an object: loaded, attached, told whose reads to look at, and gone when detached', async () => {
  const hooks = await catalogue({ 'prog.bpf.o': buildOwnObject(join(dir, 'prog.bpf.o')), 'junk.bpf.o': 'no object' });
  const { support, found } = await hooks.get('own:prog')!.probe();
  assert.is(support, 'supported', found);
  const junk = await hooks.get('own:junk')!.probe();
  assert.match(`${junk.support} ${junk.found}`, /^unsupported junk\.bpf\.o is not used: .*can't be read: /);
  const before = probesOnRead();
  const hook = await hooks.get('own:prog')!.attach(order, [process.pid], NEVER);
  assert.is(probesOnRead(), before === null ? null : before + 1);
  const counted = () => {
    const { status, stdout } = spawnSync('bpftool', ['-j', 'map', 'dump', 'name', 'hookbench_pids'], {
      encoding: 'utf8',
    });
    const [entry] = status === 0 ? (JSON.parse(stdout) as { formatted: { key: number; value: number } }[]) : [];
    return entry?.formatted ?? null;
  };
  const first = counted();
  for (let i = 0; i < 50; i++) readSync(zero, Buffer.alloc(1));
  const second = counted();
  if (first !== null && second !== null) {
    assert.is(second.key, process.pid);
    assert.ok(second.value >= first.value + 50, `${first.value} ${second.value}`);
  }
  assert.equal(await hook.detach(), []);
  assert.is(probesOnRead(), before);
});

own('two files of one name are refused, as one of them would be measured under the name of the other', async () => {
  const error = await catalogue({ 'twin.so': 'x', 'twin.bt': 'y' }).catch((refused: unknown) => refused);
  assert.ok(error instanceof BenchError);
  assert.match((error as BenchError).message, /twin\.bt and twin\.so would both be own:twin/);
});

own.run();
