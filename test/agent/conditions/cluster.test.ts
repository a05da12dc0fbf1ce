/** Condition pod: which processes are taken for a SUT pod's, and what runs in it, in containers made by unshare and mkdir. */

import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cgroupFolders } from '../../../agent/conditions/cluster/cgroup-folders.ts';
import { pod } from '../../../agent/conditions/cluster/index.ts';
import { sutPods } from '../../../agent/conditions/cluster/marked.ts';
import { serviceOf } from '../../../agent/conditions/cluster/nodes.ts';
import { pinningOf } from '../../../agent/host/cores.ts';
import { startTicks, UndoStack } from '../../../agent/host/undo.ts';
import { placedEnd } from '../../../agent/observe/placement.ts';
import { SUTS } from '../../../agent/suts/registry.ts';
import { startSut } from '../../../agent/suts/start.ts';
import { needs } from '../../helpers/require.ts';
import { type FakePod, fakePod } from '../../helpers/sut-pod.ts';

const condition = suite('condition pod');
const USER = { uid: 64_137, gid: 64_137 };
const NODE = `test-${process.pid}`;
const NAMESPACES = ['mnt', 'net', 'ipc', 'uts', 'pid', 'cgroup'] as const;

const A = '0a1b2c3d-1111-4222-8333-0123456789ab';
const B = '0a1b2c3d-1111-4222-8333-0123456789ac';
const ROLES = ['sut', 'sut-hooked', 'load'] as const;

/** a /proc with these processes */
function procOf(processes: readonly { cgroup: string; ticks?: number; env: Record<string, string> }[]): string {
  const proc = mkdtempSync(join(tmpdir(), 'hookbench-pod-test-'));
  for (const [i, { cgroup, ticks = 100, env }] of processes.entries()) {
    const dir = join(proc, String(10 + i));
    mkdirSync(dir);
    writeFileSync(join(dir, 'cgroup'), `0::${cgroup}\n`);
    writeFileSync(
      join(dir, 'environ'),
      Object.entries(env)
        .map((pair) => `${pair.join('=')}\0`)
        .join(''),
    );
    writeFileSync(join(dir, 'stat'), `${10 + i} (a b) c) S ${'0 '.repeat(18)}${ticks} 0\n`);
  }
  return proc;
}

const holder = (uid: string, role: string, o: Record<string, string> = {}) => ({
  cgroup: `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-${'ab'.repeat(32)}.scope`,
  env: {
    ...{ HOOKBENCH_SUT: 'pod', HOOKBENCH_CONTAINER: role, HOOKBENCH_POD_UID: uid, HOOKBENCH_NODE_NAME: 'n1' },
    ...{ HOOKBENCH_POD_NAME: `sut-${uid.slice(-1)}`, HOOKBENCH_POD_IPV4: '10.1.2.3' },
    ...o,
  },
});

function found(processes: Parameters<typeof procOf>[0], o = { marker: 'pod', node: 'n1' }) {
  const proc = procOf(processes);
  try {
    return sutPods(o.marker, { node: o.node, proc });
  } finally {
    rmSync(proc, { recursive: true });
  }
}

condition('cgroup and environment must say the same pod, of this node and this marker', () => {
  const whole = ROLES.map((role) => holder(A, role));
  const [one] = found(whole).pods;
  assert.equal([one?.uid, one?.name, one?.node, one?.ipv4], [A, 'sut-b', 'n1', '10.1.2.3']);
  assert.equal(
    [...one!.holders].map(([role, { pid }]) => `${role} ${pid}`),
    ['sut 10', 'sut-hooked 11', 'load 12'],
  );
  assert.is(one?.holders.get('load')?.container, 'abababababab');

  const liar = { ...holder(A, 'sut'), env: holder(B, 'sut').env };
  const bare = { ...holder(A, 'sut'), cgroup: '/user.slice' };
  for (const [other, says] of [
    [liar, /process 10 says it is of pod 0a1b.*ac, its cgroup of 0a1b.*ab$/],
    [bare, /process 10 says it is of pod 0a1b.*ab, its cgroup of none$/],
  ] as const) {
    const { pods, passedOver } = found([other, ...whole.slice(1)]);
    assert.equal(pods, []);
    assert.match(passedOver[0] ?? '', says);
    assert.match(passedOver[1] ?? '', /has no container sut$/);
  }
  assert.equal(found(whole, { marker: 'host', node: 'n1' }).pods, []);
  assert.equal(found(whole, { marker: 'pod', node: 'n2' }), { pods: [], passedOver: [] });
  assert.is(found(whole, { marker: 'pod', node: '' }).pods.length, 1);
});

condition('of several the one that came last; of a container the process that holds it', () => {
  const older = ROLES.map((role) => ({ ...holder(A, role), ticks: 100 }));
  const younger = ROLES.map((role) => ({ ...holder(B, role), ticks: 200 }));
  const child = { ...holder(B, 'sut'), ticks: 300 };
  const { pods } = found([...older, child, ...younger]);
  assert.equal(
    pods.map(({ uid }) => uid),
    [B, A],
  );
  assert.is(pods[0]?.holders.get('sut')?.pid, 14, 'not what it has started');
  const names = { HOOKBENCH_POD_NAME: '../etc\n', HOOKBENCH_POD_IPV4: '1.2.3.4; rm' };
  const [odd] = found(ROLES.map((role) => holder(A, role, names))).pods;
  assert.equal([odd?.name, odd?.ipv4], ['(no name)', ''], 'what a pod says of itself is checked');
});

condition('a cgroup is found by its path, and from a cgroup namespace of our own by its end', () => {
  const top = mkdtempSync(join(tmpdir(), 'hookbench-cgroup-test-'));
  const path = `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podX.slice/cri-containerd-Y.scope`;
  mkdirSync(join(top, path), { recursive: true });
  for (let at = path; at !== '.'; at = join(at, '..'))
    writeFileSync(join(top, at, 'cgroup.procs'), at === path ? '7\n' : '');
  const mount = (root: string, at = top) => `40 30 0:30 ${root} ${at} rw - cgroup2 cgroup2 rw\n`;
  const at = (cgroup: string, mountinfo: string, pid = 7) =>
    cgroupFolders({ pid, mountinfo, cgroup: `0::${cgroup}\n` });
  assert.equal(at(`/${path}`, mount('/')), [join(top, path)]);
  assert.equal(at(`/../../kubepods-burstable-podX.slice/cri-containerd-Y.scope`, mount('/../../..')), [
    join(top, path),
  ]);
  // the container's own part of the hierarchy is mounted first, the node's whole over it
  assert.equal(at(`/${path}`, mount(`/${path}`, '/nowhere') + mount('/')), [join(top, path)]);
  assert.equal(at(`/${path}`, mount('/'), 8), [], 'another process is in it');
  assert.equal(at('/../../kubepods-burstable-podX.slice/cri-containerd-Z.scope', mount('/../../..')), []);
  assert.equal(at('/', mount('/')), []);
  rmSync(top, { recursive: true });
});

/** in a fake pod of this node, which is taken away at the end */
async function inPod(
  work: (o: { pod: FakePod; host: Parameters<typeof pod.enter>[0]; ringDir: string }) => Promise<void>,
  hidden?: string,
): Promise<void> {
  const journal = mkdtempSync(join(tmpdir(), 'hookbench-pod-test-'));
  const ringDir = mkdtempSync('/dev/shm/hookbench-pod-test-');
  const undo = new UndoStack(journal);
  const fake = await fakePod({ node: NODE, ...(hidden !== undefined && { hidden }) });
  process.env.HOOKBENCH_NODE_NAME = NODE;
  try {
    await work({ pod: fake, host: { pinning: pinningOf(), undo, runAs: USER }, ringDir });
  } finally {
    assert.equal(await undo.run(), []);
    await fake.stop();
    for (const dir of [journal, ringDir]) rmSync(dir, { recursive: true });
  }
}

condition(
  'what runs in a pod is in the namespaces and cgroups of its containers, as a user without rights',
  async () => {
    if (!needs('netns')) return;
    await inPod(async ({ pod: fake, host, ringDir }) => {
      const { support, found: told } = await pod.probe();
      assert.is(support, 'supported', told);
      assert.match(
        told,
        new RegExp(`^pod ${fake.name} \\(${fake.uid}\\) with sut ${fake.containers.sut.slice(0, 12)}, `),
      );
      const placement = await pod.enter(host, new Map(), ringDir);
      const signal = new AbortController().signal;
      const node = SUTS.find(({ id }) => id === 'node-hello')!;
      const plain = await startSut(node, { placement, env: {}, signal });
      const hooked = await startSut(node, { placement, env: { HOOKBENCH_RING: '/dev/null' }, signal });
      const load = await placement.startLoad('sleep', ['1000'], {});
      while (readFileSync(`/proc/${load.pid}/comm`, 'utf8') !== 'sleep\n') await sleep(10);
      const started = [
        ['sut', plain.pid],
        ['sut-hooked', hooked.pid],
        ['load', load.pid],
      ] as const;
      for (const [role, pid] of started) {
        for (const kind of NAMESPACES)
          assert.is(
            readlinkSync(`/proc/${pid}/ns/${kind}`),
            readlinkSync(`/proc/${fake.pids[role]}/ns/${kind}`),
            `${role}: ${kind}`,
          );
        assert.is(readFileSync(`/proc/${pid}/cgroup`, 'utf8'), readFileSync(`/proc/${fake.pids[role]}/cgroup`, 'utf8'));
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        assert.match(status, /^Uid:\t64137\t.*\nGid:\t64137\t/m, role);
        assert.match(status, /^CapBnd:\t0+$/m);
        assert.not.match(readFileSync(`/proc/${pid}/environ`, 'utf8'), /HOOKBENCH_CONTAINER=/);
        assert.match(status, /^NoNewPrivs:\t1$/m);
        const end = placedEnd(pid);
        assert.equal(
          [end?.podUid, end?.pod, end?.container],
          [fake.uid, fake.name, fake.containers[role].slice(0, 12)],
        );
      }
      assert.is.not(plain.pid, plain.ownPid, 'it calls itself by a number of its own namespace');
      assert.match(
        readFileSync(`/proc/${plain.pid}/status`, 'utf8'),
        new RegExp(`^NSpid:\\t${plain.pid}\\t${plain.ownPid}$`, 'm'),
      );
      // what was started in a container is not taken for its holder
      assert.is(sutPods('pod', { node: NODE }).pods[0]?.holders.get('sut')?.pid, fake.pids.sut);

      load.kill('SIGTERM');
      assert.equal(await load.exited, { exitCode: null, signal: 'SIGTERM' }, 'signals reach the program itself');
      await plain.stop();
      await hooked.stop();
      assert.equal(
        started.map(([, pid]) => startTicks(pid)),
        ['', '', ''],
      );
    });
  },
);

condition(
  'a container that ends takes its SUT with it; without a pod, or without its rings, it is said what is missing',
  async () => {
    if (!needs('netns')) return;
    await inPod(async ({ pod: fake, host, ringDir }) => {
      const placement = await pod.enter(host, new Map(), ringDir);
      const child = await placement.startSut('sleep', ['1000'], {});
      await fake.end('sut');
      assert.is((await child.exited).signal, 'SIGKILL');
      const after = await pod.probe();
      assert.match(`${after.support} ${after.found}`, /^unsupported pod hookbench-sut-\w+ has no container sut$/);
      assert.match(
        await failure(pod.enter(host, new Map(), ringDir)),
        /there is no SUT pod on this node: pod .* has no container sut/,
      );
    });
    await inPod(async ({ host, ringDir }) => {
      const told = await failure(pod.enter(host, new Map(), ringDir));
      assert.match(told, /does not see what this agent writes: .* is not in container \w+ \(ENOENT\)/);
    }, '/dev/shm');
    const none = await pod.probe();
    assert.match(`${none.support} ${none.found}`, /^unsupported no process marks itself by HOOKBENCH_SUT=pod/);
  },
);

async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing failed',
    (error: Error) => error.message,
  );
}

condition('a pod names the Service that leads to it, by its node’s name where all pods have one manifest', () => {
  const service = (o: Record<string, string>) => {
    const node = { HOOKBENCH_NODE_NAME: 'ip-10-0-0-1.ec2.internal' };
    const { pods } = found(
      ROLES.map((role) => holder(A, role, { ...node, ...o })),
      { marker: 'pod', node: node.HOOKBENCH_NODE_NAME },
    );
    return serviceOf(pods[0]!);
  };
  assert.equal(service({ HOOKBENCH_SERVICE: 'hookbench-sut-*', HOOKBENCH_SERVICE_PORTS: '7500-7531' }), {
    name: 'hookbench-sut-ip-10-0-0-1-ec2-internal',
    first: 7500,
    last: 7531,
  });
  assert.is(service({ HOOKBENCH_SERVICE: 'sut.other.svc', HOOKBENCH_SERVICE_PORTS: '1-2' }).name, 'sut.other.svc');
  for (const ports of ['', '7500', '7531-7500', '1-70000', 'a-b'])
    assert.throws(
      () => service({ HOOKBENCH_SERVICE: 'sut', HOOKBENCH_SERVICE_PORTS: ports }),
      /does not name a Service/,
    );
  assert.throws(() => service({ HOOKBENCH_SERVICE: 'a b', HOOKBENCH_SERVICE_PORTS: '1-2' }), /does not name a Service/);
});

condition.run();
