/** Real containers: who is in which, what is between them, with which rights, and that nothing is left however it ends. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition, Placement } from '../../../agent/conditions/condition.ts';
import { docker, dockerBridge } from '../../../agent/conditions/docker/index.ts';
import { lentFiles } from '../../../agent/conditions/docker/lent-files.ts';
import { PATHS } from '../../../agent/config.ts';
import { pidSeenHere } from '../../../agent/host/containers.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import type { HostPort } from '../../../agent/host/port.ts';
import { startTicks, UndoStack, undoLeftovers } from '../../../agent/host/undo.ts';
import { networkPath } from '../../../agent/observe/path.ts';
import { placedEnd } from '../../../agent/observe/placement.ts';
import { SUTS } from '../../../agent/suts/registry.ts';
import { type SutProcess, startSut } from '../../../agent/suts/start.ts';
import { containersAfterAll, engineUp, ownContainers } from '../../helpers/engine.ts';
import { needs } from '../../helpers/require.ts';

const condition = suite('condition docker');
const engine = await engineUp();
condition.after(engine.stop);
const USER = { uid: 64_137, gid: 64_137 };
const nodeHello = SUTS.find(({ id }) => id === 'node-hello')!;

interface Entered {
  readonly host: HostPort;
  readonly placement: Placement;
  readonly ringDir: string;
  start(env?: Record<string, string>): Promise<SutProcess>;
}

/** in a condition that is undone at the end; journal and ring folder of its own */
async function entered(one: Condition, work: (o: Entered) => Promise<void>): Promise<void> {
  const journal = mkdtempSync(join(tmpdir(), 'hookbench-docker-test-'));
  const ringDir = mkdtempSync('/dev/shm/hookbench-docker-test-');
  const host = { pinning: pinningOf(), undo: new UndoStack(journal), runAs: USER };
  try {
    const placement = await one.enter(host, new Map(), ringDir);
    const start = async (env = {}) => {
      const sut = await startSut(nodeHello, { placement, env, signal: new AbortController().signal });
      host.undo.push('SUT', null, () => sut.stop());
      return sut;
    };
    await work({ host, placement, ringDir, start });
  } finally {
    assert.equal(await host.undo.run(), []);
    assert.equal(readdirSync(journal), []);
    for (const dir of [journal, ringDir]) rmSync(dir, { recursive: true });
  }
  assert.equal(await containersAfterAll(process.pid), []);
}

for (const [one, wanted] of [
  [docker, { route: 'loopback', deviceKind: 'loopback', isApart: false }],
  [dockerBridge, { route: 'link', deviceKind: 'veth to bridge docker0', isApart: true }],
] as const)
  condition(`${one.id}: each end in a container of its own, on the network that was asked for`, async () => {
    if (!needs('docker')) return;
    assert.is((await one.probe()).support, 'supported');
    await entered(one, async ({ placement, start, host }) => {
      const sut = await start();
      const asks = `fetch('http://${placement.sutIpv4}:${sut.port}/').then(async (a) => console.log(await a.text()))`;
      const answer = await placement.startLoad(process.execPath, ['-e', asks], {});
      let text = '';
      answer.stdout.on('data', (chunk: Buffer) => {
        text += chunk;
      });
      assert.equal(await answer.exited, { exitCode: 0, signal: null });
      assert.is(text, 'Hello World\n\n');

      const load = await placement.startLoad('sleep', ['1000'], {});
      const [sutEnd, loadEnd] = [placedEnd(sut.pid), placedEnd(load.pid)];
      const containers = [sutEnd?.container, loadEnd?.container];
      const names = await namesOf(containers);
      assert.match(names[0] ?? '', /^hookbench-\d+-[0-9a-f]{8}-sut-\d$/);
      assert.match(names[1] ?? '', /^hookbench-\d+-[0-9a-f]{8}-load-\d$/);
      for (const kind of ['pidNamespace', 'mountNamespace'] as const) {
        const spaces = new Set([sutEnd?.[kind], loadEnd?.[kind], placedEnd(process.pid)?.[kind]]);
        assert.is(spaces.size, 3, `${kind}: SUT, load generator and agent`);
      }
      assert.is(sutEnd?.netNamespace !== loadEnd?.netNamespace, wanted.isApart);
      assert.is(sutEnd?.netNamespace !== placedEnd(process.pid)?.netNamespace, wanted.isApart);
      const path = await networkPath({ loadPid: load.pid, sutPid: sut.pid, ipv4: placement.sutIpv4, port: sut.port });
      const { route, deviceKind, acceptedBy, missing } = path;
      assert.equal([route, deviceKind, acceptedBy, missing], [wanted.route, wanted.deviceKind, 'sut', []]);
      // the pid is the one that kernel probes know, and the ring is written with another
      assert.is(sut.ownPid, 1);
      assert.match(readFileSync(`/proc/${sut.pid}/cmdline`, 'latin1'), /node-hello\.mjs/);
      for (const [pid, core] of [[sut.pid, host.pinning.sut] as const, [load.pid, host.pinning.load] as const]) {
        const status = readFileSync(`/proc/${pid}/status`, 'latin1');
        assert.match(status, /^Uid:\t64137\t.*\nGid:\t64137\t/m);
        for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
          assert.match(status, new RegExp(`^${set}:\t0+$`, 'm'));
        assert.match(status, /^NoNewPrivs:\t1$/m);
        assert.match(status, /^Seccomp:\t2$/m, 'Docker’s filter, as everybody has it');
        if (core !== null) assert.match(status, new RegExp(`^Cpus_allowed_list:\t${core}$`, 'm'));
      }
    });
  });

condition(
  'a program runs the files of this machine, may change none of them, and writes where its ring is',
  async () => {
    if (!needs('docker')) return;
    await entered(docker, async ({ placement, ringDir }) => {
      await execa('chown', ['64137', ringDir]);
      const script = `cat /etc/os-release; cat /proc/self/mountinfo >'${ringDir}/mounts'; cd /dev/shm
      for file in /usr/x '${PATHS.buildDir}/x' /etc/ssl/x; do echo x >"$file" && echo "wrote $file"; done
      [ -e /etc/shadow ] && echo "sees /etc/shadow"
      echo ring >'${ringDir}/ring'; ls '${PATHS.buildDir}/libhookbench.so'`;
      const child = await placement.startSut('sh', ['-c', script], { WORD: 'a, "b"' });
      let [said, errors] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk;
      });
      child.stderr.on('data', (chunk: Buffer) => {
        errors += chunk;
      });
      await child.exited;
      assert.is(said, `${PATHS.buildDir}/libhookbench.so\n`, errors);
      assert.is(errors.match(/Read-only file system|Permission denied/g)?.length, 3, errors);
      assert.is(readFileSync(join(ringDir, 'ring'), 'utf8'), 'ring\n');
      // root's files are not this user's to write in any case: what the mount allows is what counts
      const mounts = readFileSync(join(ringDir, 'mounts'), 'utf8')
        .split('\n')
        .map((line) => line.split(' '));
      const allowed = (path: string) => mounts.find((fields) => fields[4] === path)?.[5]?.split(',')[0];
      for (const path of lentFiles('sh', {})) assert.is(allowed(path), 'ro', path);
      assert.is(allowed(ringDir), 'rw');
    });
  },
);

condition('what lies elsewhere is lent where a program is started from it or preloads it; nothing twice', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-docker-test-'));
  writeFileSync(join(folder, 'a,hook.so'), '');
  const lent = lentFiles(process.execPath, { LD_PRELOAD: `${join(folder, 'a,hook.so')}:libm.so.6` });
  assert.ok(lent.includes(join(folder, 'a,hook.so')));
  assert.not(lent.some((path) => path === '/' || path === '/etc' || path === '/proc' || path === '/root'));
  for (const path of lent) assert.is(lent.filter((other) => `${path}/`.startsWith(`${other}/`)).length, 1, path);
  rmSync(folder, { recursive: true });
});

condition('a program that ends is told of as anywhere: its last lines, its code or its signal', async () => {
  if (!needs('docker')) return;
  await entered(docker, async ({ placement, start }) => {
    const problem = await start({ HOOKBENCH_PORT: 'x' }).catch((error: unknown) => error as Error & { detail: string });
    assert.match((problem as Error).message, /SUT node-hello ended before it was ready \(exit code 1\)/);
    assert.match((problem as Error & { detail: string }).detail, /HOOKBENCH_PORT "x" is not a port/);
    const killed = await start();
    process.kill(killed.pid, 'SIGKILL');
    while (killed.ended() === null) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.is(killed.ended()?.how, 'signal SIGKILL');
    // the first process of a namespace gets no SIGTERM that it does not wait for
    const deaf = await placement.startSut('sleep', ['1000'], {});
    deaf.kill('SIGTERM');
    assert.equal(await deaf.exited, { exitCode: null, signal: 'SIGKILL' });
    const absent = await placement.startSut('/nowhere/program', [], {});
    assert.is((await absent.exited).exitCode, 127);
  });
});

condition('killed outright: what is left of it is removed at the next start, once', async () => {
  if (!needs('docker')) return;
  const journal = mkdtempSync(join(tmpdir(), 'hookbench-docker-test-'));
  const ringDir = mkdtempSync('/dev/shm/hookbench-docker-test-');
  const script = new URL('in-docker.ts', import.meta.url).pathname;
  const words = ['--import', 'tsx', script, journal, ringDir];
  const agent = execa(process.execPath, words, { reject: false, stdin: 'ignore' });
  const pids = await new Promise<number[]>((resolve) => {
    agent.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim().split(' ').map(Number)));
  });
  assert.is((await ownContainers(agent.pid)).length, 3, 'both ends, and who holds the network');
  agent.kill('SIGKILL');
  await agent;
  const told = undoLeftovers(journal);
  assert.ok(
    told.some((line) => /^removed container hookbench-\d+-[0-9a-f]{8}-sut-0$/.test(line)),
    told.join(),
  );
  assert.not(
    told.some((line) => /could not/.test(line)),
    told.join(),
  );
  assert.equal(await containersAfterAll(agent.pid!), []);
  assert.equal(pids.map(startTicks), ['', '']);
  assert.equal(undoLeftovers(journal), []);
  assert.equal(readdirSync(journal), []);
  for (const dir of [journal, ringDir]) rmSync(dir, { recursive: true });
});

condition('a container whose client was ended is removed all the same', async () => {
  if (!needs('docker')) return;
  await entered(docker, async ({ placement }) => {
    const child = await placement.startSut('sleep', ['1000'], {});
    const [name] = await ownContainers(process.pid);
    await execa('pkill', ['-KILL', '-f', `^docker run .*--name ${name} `]);
    assert.is((await child.exited).signal, 'SIGKILL');
    assert.not.equal(startTicks(child.pid), '', 'the program goes on');
  });
});

condition('a journal removes no container of anybody else', async () => {
  if (!needs('docker')) return;
  const journal = mkdtempSync(join(tmpdir(), 'hookbench-docker-test-'));
  await entered(docker, async ({ placement }) => {
    const child = await placement.startSut('sleep', ['1000'], {});
    const [own] = await ownContainers(process.pid);
    const names = ['web', '--all', `${own} web`, `${own}/..`, own?.toUpperCase(), '', 7, [own]];
    const changes = names.map((name) => ({ kind: 'container', name }));
    writeFileSync(join(journal, '1-1.json'), JSON.stringify(changes));
    assert.equal(undoLeftovers(journal), []);
    assert.not.equal(startTicks(child.pid), '');
    child.kill('SIGKILL');
    await child.exited;
  });
  rmSync(journal, { recursive: true });
});

condition('a pid is found wherever in the family of the first process it is; no other is taken for it', async () => {
  if (!needs('root')) return;
  const script = 'sleep 1000 & echo $! ; wait';
  const outer = execa('unshare', ['--pid', '--fork', '--kill-child', 'sh', '-c', script], { reject: false });
  const own = await new Promise<number>((resolve) =>
    outer.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk))),
  );
  const found = pidSeenHere(outer.pid!, own);
  assert.is(own, 2);
  assert.is(readFileSync(`/proc/${found}/cmdline`, 'latin1'), 'sleep\x001000\x00');
  assert.is(pidSeenHere(outer.pid!, 77), null);
  assert.is(pidSeenHere(process.pid, process.pid), process.pid);
  outer.kill('SIGKILL');
  await outer;
});

condition('unsupported, with what is needed, where there is no Docker or no engine', async () => {
  const { PATH: path, DOCKER_HOST: host } = process.env;
  try {
    process.env.PATH = '/nowhere';
    const absent = await docker.probe();
    assert.equal([absent.support, absent.found], ['unsupported', 'no docker on the PATH (Debian: docker.io)']);
    assert.match(absent.needs, /Docker 20\.10 or newer with its engine on this machine/);
    process.env.PATH = path;
    if (!needs('docker')) return;
    process.env.DOCKER_HOST = 'unix:///nowhere.sock';
    const silent = await dockerBridge.probe();
    assert.is(silent.support, 'unsupported');
    assert.match(silent.found, /Cannot connect to the Docker daemon at unix:\/\/\/nowhere\.sock/);
  } finally {
    process.env.PATH = path;
    if (host === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = host;
  }
});

async function namesOf(ids: readonly (string | undefined)[]): Promise<string[]> {
  const { stdout } = await execa('docker', ['inspect', '--format', '{{.Name}}', ...ids.map((id) => id ?? '')]);
  return stdout.split('\n').map((name) => name.slice(1));
}

condition.run();
