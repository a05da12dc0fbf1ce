import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pinningOf } from '../../../agent/host/cores.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import type { Action, HookOrder, PlacedHook } from '../../../agent/mechanisms/mechanism.ts';
import { sud } from '../../../agent/mechanisms/sud.ts';
import { BenchError } from '../../../proto/index.ts';
import { type HeldReads, startHeldReads } from '../../helpers/held-reads.ts';
import { buildSud, runBare } from '../../helpers/preload.ts';

const dispatch = suite('agent/mechanisms sud');
const root = mkdtempSync('/dev/shm/hookbench-test-sud-');
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
let made = 0;
let undo: UndoStack;

dispatch.before(buildSud);
dispatch.before.each(() => {
  undo = new UndoStack(join(root, `journal-${made}`));
});
dispatch.after.each(async () => {
  assert.equal(await undo.run(), []);
});

async function place(action: Action = 'observe'): Promise<PlacedHook> {
  const dir = mkdtempSync(join(root, `${made++}-`));
  chmodSync(dir, 0o700);
  const host = { pinning: pinningOf(), undo };
  const keywords = [Buffer.from('needle')];
  const order: HookOrder = { keywords, action, functions: ['read'], host, dir, mostReads: 1000 };
  return sud.place(order, 'x');
}

async function serve(hook: PlacedHook): Promise<HeldReads> {
  const server = await startHeldReads({ env: hook.env });
  undo.push('held_reads', null, () => void server.child.kill('SIGKILL'));
  hook.assertLive(server.pid);
  return server;
}

dispatch('is tried out; a static program is none of its SUTs', async () => {
  const answer = await sud.probe();
  assert.is(answer.support, 'supported', answer.found);
  const traits = { id: 'small', runtime: 'native', filters: false } as const;
  assert.match(sud.unsuited?.({ ...traits, linkage: 'static' }) ?? '', /no dynamic linker/);
  assert.is(sud.unsuited?.({ ...traits, linkage: 'dynamic' }), null);
});

dispatch('the first thread, a new one, a forked child and one that holds all signals back are dispatched', async () => {
  const hook = await place();
  const server = await serve(hook);
  assert.is(await server.say('12345'), 'bytes 5');
  assert.is(await server.say('thread a needle'), 'bytes 15');
  assert.is(await server.say('timeout'), 'errno 11');
  assert.is(await server.say('interrupt'), 'errno 4');
  assert.is(await server.say('child'), 'bytes 5');
  assert.is(await server.say('a needle'), 'bytes 8');
  assert.is(await server.say('and on'), 'bytes 6');
  const { reads, lost } = hook.drain()!;
  assert.is(lost, 0);
  assert.equal(
    reads.map(({ pid, hit }) => [pid === server.pid ? 'parent' : 'child', hit]),
    [false, true, false, false, false, 'child', false].map((hit) => (hit === 'child' ? [hit, true] : ['parent', hit])),
  );
  assert.ok(reads.every(({ latencyNs }) => latencyNs > 0));
});

dispatch('blocks: the read fails, and its bytes are taken out of the program', async () => {
  const hook = await place('block');
  const server = await serve(hook);
  assert.is(await server.say('a needle'), 'errno 104, first byte 0');
  assert.is(await server.say('a pin'), 'bytes 5');
  assert.is(hook.counts()?.hits, 1);
});

dispatch('a shell, what it starts, and its traps go on as without it', async () => {
  const script = 'x=$(echo a | tr a b); echo $x; trap "echo trapped" USR1; kill -USR1 $$; (sleep 0 & wait); echo end';
  const hook = await place();
  assert.equal(runBare('bash', ['--norc', '-c', script], hook.env), {
    status: 0,
    stdout: 'b\ntrapped\nend\n',
    stderr: '',
  });
});

dispatch('a program that it is not in is told', async () => {
  const hook = await place();
  const server = await startHeldReads();
  undo.push('held_reads', null, () => void server.child.kill('SIGKILL'));
  assert.throws(
    () => hook.assertLive(server.pid),
    (error: unknown) => error instanceof BenchError && error.code === 'hook-dead',
  );
});

dispatch.run();
