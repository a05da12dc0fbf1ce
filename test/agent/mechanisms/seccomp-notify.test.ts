import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATHS } from '../../../agent/config.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { startTicks, UndoStack } from '../../../agent/host/undo.ts';
import type { Action, HookOrder, PlacedHook } from '../../../agent/mechanisms/mechanism.ts';
import { seccompNotify } from '../../../agent/mechanisms/seccomp-notify/index.ts';
import { type HeldReads, startHeldReads } from '../../helpers/held-reads.ts';
import { buildBoundary } from '../../helpers/preload.ts';

const notify = suite('agent/mechanisms seccomp-notify');
const root = mkdtempSync('/dev/shm/hookbench-test-notify-');
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
const KEYWORD = Buffer.from('needle');
let made = 0;
let undo: UndoStack;

notify.before(buildBoundary);
notify.before.each(() => {
  undo = new UndoStack(join(root, `journal-${made}`));
});
notify.after.each(async () => {
  assert.equal(await undo.run(), []);
});

async function place(action: Action = 'observe'): Promise<PlacedHook> {
  const dir = mkdtempSync(join(root, `${made++}-`));
  chmodSync(dir, 0o700);
  const host = { pinning: pinningOf(), undo };
  const order: HookOrder = { keywords: [KEYWORD], action, functions: ['read', 'recv'], host, dir, mostReads: 1000 };
  return seccompNotify.place(order, 'x');
}

async function serve(hook: PlacedHook): Promise<HeldReads> {
  const { env, launcher = [] } = hook;
  const server = await startHeldReads({ env, launcher });
  undo.push('held_reads', null, () => void server.child.kill('SIGKILL'));
  hook.assertLive(server.pid);
  return server;
}

/** pid of the supervisor that is our child */
function supervisorOf(): number {
  const found = readdirSync('/proc').filter((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]);
      return (
        parent === process.pid && readFileSync(`/proc/${name}/cmdline`, 'latin1').startsWith(PATHS.notifySupervisor)
      );
    } catch {
      return false;
    }
  });
  assert.is(found.length, 1);
  return Number(found[0]);
}

notify('is tried out, and told what is missing', async () => {
  const answer = await seccompNotify.probe();
  assert.is(answer.support, 'supported', answer.found);
});

notify(
  'threads that wait in a held read do not hold up others; a time limit of the socket and a signal end a wait',
  async () => {
    const hook = await place();
    const server = await serve(hook);
    assert.is(await server.say('12345'), 'bytes 5');
    assert.is(await server.say('a needle'), 'bytes 8');
    assert.is(await server.say('timeout'), 'errno 11');
    assert.is(await server.say('interrupt'), 'errno 4');
    const { reads } = hook.drain()!;
    assert.equal(
      reads.map(({ pid, hit, keyword }) => ({ pid, hit, keyword })),
      [false, true, false, false].map((hit) => ({ pid: server.pid, hit, keyword: hit ? 0 : null })),
    );
    assert.ok(reads.every(({ latencyNs }) => latencyNs > 0));
  },
);

notify('blocks: the read fails, and the program does not get the bytes', async () => {
  const hook = await place('block');
  const server = await serve(hook);
  assert.is(await server.say('a needle'), 'errno 104, first byte 97');
  assert.is(await server.say('a pin'), 'bytes 5');
  assert.is(hook.counts()?.hits, 1);
});

notify('a supervisor that is killed is told, and its program is ended', async () => {
  const hook = await place();
  const server = await serve(hook);
  assert.is(hook.died?.(), null);
  process.kill(supervisorOf(), 'SIGKILL');
  const [code, signal] = await server.ended;
  assert.equal([code, signal], [null, 'SIGKILL']);
  assert.match(hook.died?.() ?? '', /hookbench-notify ended with SIGKILL/);
});

notify('a program that is killed takes its supervisor with it, and that is no fault of the hook', async () => {
  const hook = await place();
  const server = await serve(hook);
  const pid = supervisorOf();
  const ticks = startTicks(pid);
  server.child.kill('SIGKILL');
  await server.ended;
  for (let tries = 0; startTicks(pid) === ticks && tries < 200; tries++)
    await new Promise((done) => setTimeout(done, 10));
  assert.is.not(startTicks(pid), ticks, 'the supervisor is still there');
  assert.is(hook.died?.(), null);
});

notify('without a supervisor nothing is started', async () => {
  const hook = await place();
  await undo.run();
  const [file = '', ...args] = [...(hook.launcher ?? []), 'true'];
  const child = spawn(file, args, { env: hook.env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number];
  assert.is(code, 126);
  assert.match(said, /no supervisor/);
});

notify.run();
