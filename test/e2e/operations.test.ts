/** The daemons as an operator sees them: health, readiness, numbers, logs, how they end; and what rights their processes have. */

import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scanRecords } from '../../controller/store/records.ts';
import { AGENT_CAPABILITIES, type CapabilityName, capabilityBits, onlyAgentCapabilities } from '../../proto/index.ts';
import { argv, endRuns, runCli, startCli, studyDir } from '../helpers/cli.ts';
import { type DaemonProcess, LocalDaemons, until } from '../helpers/daemons.ts';

const operations = suite<{ daemons: LocalDaemons }>('e2e: operations');
operations.before.each((context) => {
  context.daemons = new LocalDaemons();
});
operations.after.each(async ({ daemons }) => {
  await endRuns();
  await daemons.close();
});

const BRIEF = argv(
  'run --sut read-loop,node-hello --mechanisms ld-preload --forks 1 --blocks 1 --requests 2000 --warmup 200',
);
/** a fork takes longer than to look at it twice */
const LONG = argv('run --sut read-loop --mechanisms ld-preload --forks 3 --blocks 20 --requests 900000 --warmup 1000');
/** A read-only root: only the agent's own state folder and /dev/shm can be written. */
const READ_ONLY = `mount --make-rprivate / && mkdir -p /run/hookbench && mount -t tmpfs -o mode=700 tmpfs /run/hookbench &&
  mount -o remount,bind,ro / && ! touch /read-only 2>/dev/null && exec "$@"`;
const isRoot = process.getuid?.() === 0;

operations(
  'numbers are those of what is stored, programs have no rights; SIGTERM with --drain finish',
  async (context) => {
    if (!isRoot) return;
    const { daemons } = context;
    const controller = daemons.controller(['--drain', 'finish', '--drain-seconds', '400']);
    const port = await controller.port();
    const confined = ['unshare', '-m', 'sh', '-c', READ_ONLY, 'sh', 'setpriv', ...onlyAgentCapabilities()];
    const agent = daemons.agent(port, ['--log-level', 'debug'], { wrap: confined });
    await connected(agent);
    assert.equal(await controller.ready(), { ready: true, reasons: [] });
    assert.is((await controller.metrics()).get('hookbench_controller_agents'), 1);
    onlyNeeded(agent.pid);

    const out = join(daemons.dir, 'results');
    const run = startCli([...BRIEF, ...daemons.remote(port), '--out', out]);
    for (const worker of await until('SUTs and load generator', () => workers(agent.pid, 7))) withoutRights(worker);
    const ended = await run.done;
    assert.is(ended.exitCode, 0, ended.stderr);
    await asStored(studyDir(out), { agent, controller });

    await finishesUnderWay(daemons, { controller, port });
    await until('not ready', async () => (await agent.ready()).reasons.includes('no stream to the controller') || null);
    agent.signal('SIGTERM');
    assert.is((await agent.ended).exitCode, 0, agent.stderr);
    for (const { stderr, log } of [agent, controller]) {
      assert.not.ok(stderr.includes(daemons.token));
      assert.is(log.length, stderr.trim().split('\n').length, 'every line is JSON');
    }
  },
);

/** Not ready first, no new study, the one under way complete, exit 0. */
async function finishesUnderWay(daemons: LocalDaemons, o: { controller: DaemonProcess; port: number }): Promise<void> {
  const [out, other] = [join(daemons.dir, 'finished'), join(daemons.dir, 'other')];
  const run = startCli([...BRIEF, ...daemons.remote(o.port), '--out', out]);
  await run.said(/study \d/);
  o.controller.signal('SIGTERM');
  await draining(o.controller);
  const refused = await runCli([...BRIEF, ...daemons.remote(o.port), '--out', other]);
  assert.is(refused.exitCode, 1);
  assert.match(refused.stderr, /the controller is ending/);
  const ended = await run.done;
  assert.is(ended.exitCode, 0, ended.stderr);
  assert.is(meta(out).status, 'complete');
  assert.is((await o.controller.ended).exitCode, 0, o.controller.stderr);
}

operations(
  'SIGTERM cancels and keeps what was measured, exit 0; a second one ends at once, exit 4',
  async (context) => {
    const { daemons } = context;
    const controller = daemons.controller();
    const port = await controller.port();
    const agent = daemons.agent(port, ['--drain', 'finish']);
    await connected(agent);
    const out = join(daemons.dir, 'results');
    const run = startCli([...LONG, ...daemons.remote(port), '--out', out]);
    await run.said(/study \d/);
    await until('samples', () => (countStored(studyDir(out)).samples > 0 ? true : null), agent);
    const left = await until('SUTs', () => workers(agent.pid, 2));
    agent.signal('SIGTERM');
    await draining(agent);
    assert.is(agent.how, null, 'it finishes what is under way');
    agent.signal('SIGTERM');
    assert.equal(await agent.ended, { exitCode: 4, signal: null }, agent.stderr);
    await until('its programs to end', () => (left.some(({ pid }) => alive(pid)) ? null : true));
    controller.signal('SIGTERM');
    assert.is((await controller.ended).exitCode, 0, controller.stderr);
    assert.is((await run.done).exitCode, 4);
    assert.is(meta(out).status, 'interrupted');
    assert.ok(countStored(studyDir(out)).samples > 0);
  },
);

operations(
  'exit codes: 1 for an address that is taken, 2 for options, 3 for what the machine lacks',
  async ({ daemons }) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `127.0.0.1:${(server.address() as { port: number }).port}`;
    const end = async (name: 'controller' | 'agent', args: string[], wrap: string[] = []) => {
      const daemon = daemons.start(name, args, { wrap });
      return `${(await daemon.ended).exitCode} ${daemon.stderr}`;
    };
    const loopback = ['--token-file', daemons.tokenFile, '--log-format', 'text'];
    const dropped = ['setpriv', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
    const [taken, odd, lacking] = await Promise.all([
      end('controller', ['--listen', address, ...loopback]),
      end('agent', ['--nonsense']),
      isRoot ? end('agent', ['--controller', address, ...loopback, '--run-as', '1234:1234'], dropped) : null,
    ]);
    server.close();
    assert.match(taken, /^1 [\s\S]*hookbench controller: can't listen on/);
    assert.match(odd, /^2 hookbench agent: Unknown option '--nonsense'/);
    if (lacking !== null) assert.match(lacking, /^3 .*SUTs can't run as 1234:1234: this process has no CAP_SETUID/);
  },
);

/** Of all capabilities only those that an agent may have use for. */
function onlyNeeded(pid: number): void {
  const { CapEff, CapBnd, NoNewPrivs } = status(pid);
  const needed = capabilityBits(Object.keys(AGENT_CAPABILITIES) as CapabilityName[]);
  for (const set of [CapEff, CapBnd]) assert.is(BigInt(`0x${set}`) & ~needed, 0n, set);
  assert.is(NoNewPrivs, '1');
}

function withoutRights({ name, status }: Worker): void {
  for (const ids of [status.Uid, status.Gid]) assert.not.match(ids, /\b0\b/, `${name}: ${ids}`);
  assert.is(status.Groups.trim(), '', name);
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'] as const)
    assert.match(status[set], /^0+$/, `${set} of ${name}`);
  assert.is(status.NoNewPrivs, '1', name);
}

/** Both daemons' numbers against what is in the segments. */
async function asStored(dir: string, o: { agent: DaemonProcess; controller: DaemonProcess }): Promise<void> {
  const acked = async () => (await o.agent.metrics()).get('hookbench_agent_spool_records') === 0 || null;
  await until('acks', acked, o.agent);
  const stored = countStored(dir);
  const [ofAgent, ofController] = [await o.agent.metrics(), await o.controller.metrics()];
  const a = (name: string) => ofAgent.get(`hookbench_agent_${name}`);
  const c = (name: string) => ofController.get(`hookbench_controller_${name}`);
  assert.ok(stored.samples > 4000);
  assert.equal([a('samples_total'), c('samples_total')], [stored.samples, stored.samples]);
  assert.is(c('sample_bytes_total'), 10 * stored.samples);
  for (const [kind, n] of stored.kinds)
    assert.equal([a(`records_total{kind="${kind}"}`), c(`records_total{kind="${kind}"}`)], [n, n], kind);
  assert.is(a('durable_records_total'), sum(stored.kinds.values()));
  for (const hop of ['ring', 'bpf', 'spool', 'stream', 'discarded', 'other']) {
    const lost = stored.lost.get(hop) ?? 0;
    assert.equal([a(`lost_total{hop="${hop}"}`), c(`lost_total{hop="${hop}"}`)], [lost, lost], hop);
  }
  assert.equal([a('spool_bytes'), c('not_durable_records'), c('durable_lag_seconds')], [0, 0, 0]);
  assert.is(a('assignments_total{end="complete"}'), 1);
  assert.ok(c('syncs_total')! > 0);
  assert.is(c('sync_seconds_count'), c('syncs_total'));
  assert.equal([c('studies_total{end="complete"}'), c('study_running')], [1, 0]);
}

async function draining(daemon: DaemonProcess): Promise<void> {
  await until('draining', async () => (await daemon.ready()).reasons.includes('draining') || null, daemon);
}

async function connected(agent: DaemonProcess): Promise<void> {
  await until('a stream', async () => ((await agent.ready()).ready ? true : null), agent);
}

type Status = Record<
  'Uid' | 'Gid' | 'Groups' | 'CapInh' | 'CapPrm' | 'CapEff' | 'CapBnd' | 'CapAmb' | 'NoNewPrivs',
  string
>;

function status(pid: number): Status {
  const lines = readFileSync(`/proc/${pid}/status`, 'latin1').matchAll(/^(\w+):[\t ]*(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value])) as Status;
}

interface Worker {
  readonly pid: number;
  readonly name: string;
  readonly status: Status;
}

/** the SUTs and load generators of an agent, once there are so many; null before */
function workers(agent: number, least: number): Worker[] | null {
  const children = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && parentOf(pid) === agent);
  const found = children.flatMap((pid) => {
    const name = read(`/proc/${pid}/comm`).trim();
    const isOurs =
      /^(?:read-loop|hookbench-load|node|MainThread)$/.test(name) &&
      !/esbuild|setpriv/.test(read(`/proc/${pid}/cmdline`));
    return isOurs ? [{ pid, name, status: status(pid) }] : [];
  });
  return found.length >= least ? found : null;
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

function alive(pid: number): boolean {
  return !/^State:\s*Z|^$/m.test(read(`/proc/${pid}/status`).slice(0, 200)) && read(`/proc/${pid}/status`) !== '';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function meta(out: string): { status: string } {
  return JSON.parse(readFileSync(join(studyDir(out), 'study.json'), 'utf8')) as { status: string };
}

function countStored(dir: string): { samples: number; kinds: Map<string, number>; lost: Map<string, number> } {
  const kinds = new Map<string, number>();
  const lost = new Map<string, number>();
  let samples = 0;
  scanRecords(dir, ({ record }) => {
    kinds.set(record.body, (kinds.get(record.body) ?? 0) + 1);
    if (record.body === 'samples') samples += record.samples.n;
    if (record.body === 'loss') lost.set(record.loss.hop, (lost.get(record.loss.hop) ?? 0) + record.loss.lost);
  });
  return { samples, kinds, lost };
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}

operations.run();
