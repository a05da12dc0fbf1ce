import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PATHS } from '../../../agent/config.ts';
import { UndoStack } from '../../../agent/host/undo.ts';
import { ptrace, yamaProblem } from '../../../agent/mechanisms/ptrace/index.ts';
import { BenchError } from '../../../proto/index.ts';
import { type HeldReads, startHeldReads } from '../../helpers/held-reads.ts';
import { buildBoundary } from '../../helpers/preload.ts';
import { NEVER, orderOf } from './attached-check.ts';

const traced = suite('agent/mechanisms ptrace');
const root = mkdtempSync('/dev/shm/hookbench-test-ptrace-');
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
let made = 0;
let undo: UndoStack;
let server: HeldReads;
let child: ChildProcess;

traced.before(buildBoundary);
traced.before.each(async () => {
  undo = new UndoStack(join(root, `journal-${made}`));
  server = await startHeldReads();
  child = server.child;
});
traced.after.each(async () => {
  child.kill('SIGKILL');
  assert.equal(await undo.run(), []);
});

const attach = (o: { action?: 'observe' | 'block'; signal?: AbortSignal } = {}) => {
  const order = orderOf([Buffer.from('needle')], { undo, dir: mkdtempSync(join(root, `${made++}-`)) });
  return ptrace.attach({ ...order, action: o.action ?? 'observe' }, [server.pid], o.signal ?? NEVER);
};

/** of every thread: who traces it, 0 for nobody, and whether it stands still */
function threadsOf(pid: number): { tracer: number; state: string }[] {
  return readdirSync(`/proc/${pid}/task`).map((tid) => {
    const status = readFileSync(`/proc/${pid}/task/${tid}/status`, 'latin1');
    const number = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? '';
    return { tracer: Number(number('TracerPid')), state: number('State') };
  });
}

async function until(what: () => boolean): Promise<void> {
  for (let tries = 0; !what() && tries < 300; tries++) await new Promise((done) => setTimeout(done, 10));
  assert.ok(what());
}

const isLetGo = () => threadsOf(server.pid).every(({ tracer, state }) => tracer === 0 && state === 'S');

traced('is tried out; what Yama says is told', async () => {
  assert.is((await ptrace.probe()).support, 'supported');
  assert.is(yamaProblem('0', false), null);
  assert.is(yamaProblem('1', true), null);
  assert.match(yamaProblem('1', false) ?? '', /ptrace_scope is 1 and this process has no CAP_SYS_PTRACE/);
  assert.match(yamaProblem('3', true) ?? '', /nobody may trace/);
});

traced('every thread is traced, and the reads of each are found once, with their time', async () => {
  const hook = await attach();
  const threads = threadsOf(server.pid);
  assert.ok(threads.length > 1 && threads.every(({ tracer }) => tracer > 0), JSON.stringify(threads));
  assert.is(await server.say('12345'), 'bytes 5');
  assert.is(await server.say('thread a needle'), 'bytes 15');
  assert.is(await server.say('interrupt'), 'errno 4');
  const [found] = await hook.detach();
  assert.equal([found?.counts, found?.lost, found?.cut], [{ reads: 3, bytes: 29, hits: 1 }, 0, 0]);
  assert.ok(found?.latencies.kind === 'reads' && found.latencies.reads.every(({ latencyNs }) => latencyNs > 0));
  assert.ok(isLetGo(), JSON.stringify(threadsOf(server.pid)));
  assert.is(await server.say('after'), 'bytes 5');
});

traced('blocks: the read fails, and its bytes are taken out of the program', async () => {
  const hook = await attach({ action: 'block' });
  assert.is(await server.say('a needle'), 'errno 104, first byte 0');
  assert.is(await server.say('a pin'), 'bytes 5');
  const [found] = await hook.detach();
  assert.is(found?.counts.hits, 1);
});

traced('a tracer that is killed is told, and the program goes on', async () => {
  const hook = await attach();
  const tracer = threadsOf(server.pid)[0]?.tracer ?? 0;
  assert.ok(readFileSync(`/proc/${tracer}/cmdline`, 'latin1').startsWith(PATHS.tracer));
  process.kill(tracer, 'SIGKILL');
  await until(() => hook.died() !== null);
  assert.match(hook.died() ?? '', /hookbench-trace ended with SIGKILL/);
  const error = await hook.detach().catch((refused: unknown) => refused);
  assert.ok(error instanceof BenchError && error.code === 'probe-died');
  await until(isLetGo);
  assert.is(await server.say('after'), 'bytes 5');
});

traced('a program that is killed under trace ends, and what was found holds', async () => {
  const hook = await attach();
  assert.is(await server.say('12345'), 'bytes 5');
  child.kill('SIGKILL');
  await server.ended;
  const [found] = await hook.detach();
  assert.is(found?.counts.reads, 1);
});

traced('a program that another one traces is refused, and left to it', async () => {
  const first = await attach();
  const error = await attach().catch((refused: unknown) => refused);
  assert.ok(error instanceof BenchError && error.code === 'attach-failed');
  assert.match((error as BenchError).detail, /another program traces it/);
  assert.is(await server.say('12345'), 'bytes 5');
  const [found] = await first.detach();
  assert.is(found?.counts.reads, 1);
});

traced('the death of the agent lets the program go', async () => {
  const script = join(import.meta.dirname, 'ptrace-agent.ts');
  const agent = spawn(process.execPath, ['--import', 'tsx', script, String(server.pid), root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  assert.is(String(await once(agent.stdout, 'data')), 'attached\n');
  assert.ok(threadsOf(server.pid).every(({ tracer }) => tracer > 0));
  agent.kill('SIGKILL');
  await until(isLetGo);
  assert.is(await server.say('after'), 'bytes 5');
});

traced('attaching can be cancelled', async () => {
  const error = await attach({ signal: AbortSignal.abort() }).catch((refused: unknown) => refused);
  assert.ok(error instanceof BenchError && error.code === 'cancelled');
  await until(isLetGo);
});

traced.run();
