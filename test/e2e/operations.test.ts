/** The daemons as an operator sees them: health, readiness, numbers, logs, how they end; and what rights their processes have. */

import { readdirSync, readFileSync } from 'node:fs';
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
const LONG = argv('run --sut read-loop --mechanisms ld-preload --forks 20 --blocks 5 --requests 60000 --warmup 1000');
/** A read-only root: only the agent's own state folder and /dev/shm can be written. */
const READ_ONLY = `mount --make-rprivate / && mkdir -p /run/hookbench && mount -t tmpfs -o mode=700 tmpfs /run/hookbench &&
  mount -o remount,bind,ro / && ! touch /read-only 2>/dev/null && exec "$@"`;
const isRoot = process.getuid?.() === 0;

operations(
  'a study on a confined agent: numbers are those of what is stored, programs have no rights, no secret is told',
  async ({ daemons }) => {
    if (!isRoot) return;
    const controller = daemons.controller();
    const port = await controller.port();
    const confined = ['unshare', '-m', 'sh', '-c', READ_ONLY, 'sh', 'setpriv', ...onlyAgentCapabilities()];
    const agent = daemons.agent(port, ['--log-level', 'debug'], { wrap: confined });
    await connected(agent);
    assert.equal(await controller.ready(), { ready: true, reasons: [] });
    assert.is(await agentsAt(controller), 1);
    const own = status(agent.pid);
    assert.is(BigInt(`0x${own.CapEff}`) & ~capabilityBits(Object.keys(AGENT_CAPABILITIES) as CapabilityName[]), 0n);
    assert.is(own.NoNewPrivs, '1');

    const out = join(daemons.dir, 'results');
    const run = startCli([...BRIEF, ...daemons.remote(port), '--out', out]);
    const seen = await until('SUTs and load generator', () => workers(agent.pid, 7));
    for (const { name, status } of seen) {
      assert.not.match(status.Uid, /\b0\b/, `${name} has uid ${status.Uid}`);
      assert.not.match(status.Gid, /\b0\b/, name);
      assert.is(status.Groups.trim(), '', name);
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'] as const)
        assert.match(status[set], /^0+$/, `${set} of ${name}`);
      assert.is(status.NoNewPrivs, '1', name);
    }
    const ended = await run.done;
    assert.is(ended.exitCode, 0, ended.stderr);

    const stored = countStored(studyDir(out));
    await until(
      'acks',
      async () => ((await agent.metrics()).get('hookbench_agent_spool_records') === 0 ? true : null),
      agent,
    );
    const a = await agent.metrics();
    const c = await controller.metrics();
    assert.ok(stored.samples > 4000);
    assert.is(a.get('hookbench_agent_samples_total'), stored.samples);
    assert.is(c.get('hookbench_controller_samples_total'), stored.samples);
    assert.is(c.get('hookbench_controller_sample_bytes_total'), 10 * stored.samples);
    for (const [kind, n] of stored.kinds) {
      assert.is(a.get(`hookbench_agent_records_total{kind="${kind}"}`), n, kind);
      assert.is(c.get(`hookbench_controller_records_total{kind="${kind}"}`), n, kind);
    }
    assert.is(a.get('hookbench_agent_durable_records_total'), sum(stored.kinds.values()));
    for (const hop of ['ring', 'bpf', 'spool', 'stream', 'discarded', 'other']) {
      assert.is(a.get(`hookbench_agent_lost_total{hop="${hop}"}`), stored.lost.get(hop) ?? 0, hop);
      assert.is(c.get(`hookbench_controller_lost_total{hop="${hop}"}`), stored.lost.get(hop) ?? 0, hop);
    }
    assert.equal([a.get('hookbench_agent_spool_records'), a.get('hookbench_agent_spool_bytes')], [0, 0]);
    assert.is(a.get('hookbench_agent_assignments_total{end="complete"}'), 1);
    assert.equal(
      [c.get('hookbench_controller_not_durable_records'), c.get('hookbench_controller_durable_lag_seconds')],
      [0, 0],
    );
    assert.ok(c.get('hookbench_controller_syncs_total')! > 0);
    assert.is(c.get('hookbench_controller_sync_seconds_count'), c.get('hookbench_controller_syncs_total'));
    assert.is(c.get('hookbench_controller_studies_total{end="complete"}'), 1);
    assert.is(c.get('hookbench_controller_study_running'), 0);

    controller.signal('SIGTERM');
    assert.is((await controller.ended).exitCode, 0, controller.stderr);
    await until('not ready', async () =>
      (await agent.ready()).reasons.includes('no stream to the controller') ? true : null,
    );
    agent.signal('SIGTERM');
    assert.is((await agent.ended).exitCode, 0, agent.stderr);
    for (const { stderr, log } of [agent, controller]) {
      assert.not.ok(stderr.includes(daemons.token));
      assert.is(log.length, stderr.trim().split('\n').length, 'every line is JSON');
    }
  },
);

operations(
  'SIGTERM with --drain finish: not ready first, no new study, the one under way complete, exit 0',
  async ({ daemons }) => {
    const controller = daemons.controller(['--drain', 'finish', '--drain-seconds', '100']);
    const port = await controller.port();
    await connected(daemons.agent(port));
    const out = join(daemons.dir, 'results');
    const run = startCli([...BRIEF, '--forks', '3', ...daemons.remote(port), '--out', out]);
    await run.said(/study \d/);
    controller.signal('SIGTERM');
    await until(
      'draining',
      async () => ((await controller.ready()).reasons.includes('draining') ? true : null),
      controller,
    );
    const refused = await runCli([...BRIEF, ...daemons.remote(port), '--out', join(daemons.dir, 'other')]);
    assert.is(refused.exitCode, 1);
    assert.match(refused.stderr, /the controller is ending/);
    const ended = await run.done;
    assert.is(ended.exitCode, 0, ended.stderr);
    assert.is(meta(out).status, 'complete');
    assert.is((await controller.ended).exitCode, 0, controller.stderr);
  },
);

operations(
  'SIGTERM cancels by default and keeps what was measured, exit 0; a second one ends at once, exit 4',
  async ({ daemons }) => {
    const controller = daemons.controller();
    const port = await controller.port();
    const agent = daemons.agent(port, ['--drain', 'finish']);
    await connected(agent);
    const out = join(daemons.dir, 'results');
    const run = startCli([...LONG, ...daemons.remote(port), '--out', out]);
    await run.said(/fork ([2-9]|\d\d)/);
    controller.signal('SIGTERM');
    assert.is((await controller.ended).exitCode, 0, controller.stderr);
    assert.is((await run.done).exitCode, 4);
    assert.is(meta(out).status, 'interrupted');
    assert.ok(countStored(studyDir(out)).samples > 0);

    const next = daemons.controller();
    const other = daemons.agent(await next.port(), ['--drain', 'finish']);
    await connected(other);
    startCli([...LONG, ...daemons.remote(await next.port()), '--out', join(daemons.dir, 'other')]);
    const left = await until('SUTs', () => workers(other.pid, 2));
    other.signal('SIGTERM');
    await until('draining', async () => ((await other.ready()).reasons.includes('draining') ? true : null), other);
    assert.is(other.how, null, 'it finishes what is under way');
    other.signal('SIGTERM');
    assert.equal(await other.ended, { exitCode: 4, signal: null }, other.stderr);
    await until('its programs to end', () => (left.some(({ pid }) => alive(pid)) ? null : true));
  },
);

operations(
  'exit codes: 1 for an address that is taken, 2 for options, 3 for what the machine lacks',
  async ({ daemons }) => {
    const controller = daemons.controller();
    const port = await controller.port();
    const end = async (name: 'controller' | 'agent', args: string[], wrap: string[] = []) => {
      const daemon = daemons.start(name, args, { wrap });
      return `${(await daemon.ended).exitCode} ${daemon.stderr}`;
    };
    const loopback = ['--token-file', daemons.tokenFile, '--log-format', 'text'];
    const toIt = ['--controller', `127.0.0.1:${port}`, ...loopback];
    const [taken, odd, root, none] = await Promise.all([
      end('controller', ['--listen', `127.0.0.1:${port}`, ...loopback]),
      end('agent', ['--nonsense']),
      end('agent', [...toIt, '--run-as', '0:0']),
      end('agent', [...toIt, '--run-as', 'no-such-user']),
    ]);
    assert.match(taken, /^1 [\s\S]*hookbench controller: can't listen on/);
    assert.match(odd, /^2 hookbench agent: Unknown option '--nonsense'/);
    assert.match(root, /^2 .*is root/);
    assert.match(none, /^2 .*there is no such user/);
    if (!isRoot) return;
    const dropped = ['setpriv', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all'];
    const lacking = await end('agent', [...toIt, '--run-as', '1234:1234'], dropped);
    assert.match(lacking, /^3 .*SUTs can't run as 1234:1234: this process has no CAP_SETUID/);
  },
);

async function connected(agent: DaemonProcess): Promise<void> {
  await until('a stream', async () => ((await agent.ready()).ready ? true : null), agent);
}

async function agentsAt(controller: DaemonProcess): Promise<number> {
  return (await controller.metrics()).get('hookbench_controller_agents') ?? -1;
}

type Status = Record<
  'Uid' | 'Gid' | 'Groups' | 'CapInh' | 'CapPrm' | 'CapEff' | 'CapBnd' | 'CapAmb' | 'NoNewPrivs',
  string
>;

function status(pid: number): Status {
  const lines = readFileSync(`/proc/${pid}/status`, 'latin1').matchAll(/^(\w+):[\t ]*(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value])) as Status;
}

/** the SUTs and load generators of an agent, once there are so many; null before */
function workers(agent: number, least: number): { pid: number; name: string; status: Status }[] | null {
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
