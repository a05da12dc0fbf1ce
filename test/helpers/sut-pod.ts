/** A SUT pod without a kubelet: what a runtime makes of one, by unshare and mkdir. Its containers have mount, pid and cgroup namespaces of their
 * own and share network, IPC and host name; each has a cgroup named as the kubelet's cgroupfs driver names it, and holds its namespaces by a sleep. */

import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

export const HOLDER_UID = 64_139;
const ROLES = ['sut', 'sut-hooked', 'load'] as const;
type Role = (typeof ROLES)[number];

export interface FakePod {
  readonly uid: string;
  readonly name: string;
  /** of the processes that hold the containers */
  readonly pids: Readonly<Record<Role, number>>;
  readonly containers: Readonly<Record<Role, string>>;
  /** ends one container */
  end(role: Role): Promise<void>;
  stop(): Promise<void>;
}

/** hierarchies of cgroups of version 1, or the one of version 2, as this machine has them */
const HIERARCHIES = existsSync('/sys/fs/cgroup/cgroup.procs')
  ? ['/sys/fs/cgroup']
  : ['pids', 'memory', 'freezer'].map((name) => `/sys/fs/cgroup/${name}`).filter(existsSync);

const JOIN = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"';

/** @param o.env what the manifest would set, in place of what it does set
 * @param o.hidden a folder over which the containers have another; they see the same files as this process otherwise */
export async function fakePod(o: {
  node: string;
  marker?: string;
  env?: Readonly<Record<string, string>>;
  hidden?: string;
}): Promise<FakePod> {
  const uid = randomUUID();
  const name = `hookbench-sut-${uid.slice(0, 5)}`;
  const started: ReturnType<typeof launched>[] = [];
  const folders: string[] = [];
  const start = (command: readonly string[]) => {
    const child = launched(command);
    started.push(child);
    return child;
  };
  const pause = start([
    'unshare',
    '--net',
    '--ipc',
    '--uts',
    'sh',
    '-c',
    'ip link set dev lo up && exec sleep infinity',
  ]);
  await until(() => comm(pause.pid!) === 'sleep');
  const ids = Object.fromEntries(ROLES.map((role) => [role, randomBytes(32).toString('hex')])) as Record<Role, string>;
  const pids = {} as Record<Role, number>;
  for (const role of ROLES) {
    const own = HIERARCHIES.map((top) => `${top}/kubepods-test-${process.pid}/burstable/pod${uid}/${ids[role]}`);
    for (const dir of own) mkdirSync(dir, { recursive: true });
    folders.push(...own);
    const env = {
      ...{ HOOKBENCH_SUT: o.marker ?? 'pod', HOOKBENCH_CONTAINER: role, HOOKBENCH_NODE_NAME: o.node },
      ...{
        HOOKBENCH_POD_NAME: name,
        HOOKBENCH_POD_UID: uid,
        HOOKBENCH_POD_IPV4: '127.0.0.1',
        PATH: process.env.PATH ?? '',
      },
      ...o.env,
    };
    const hide = o.hidden === undefined ? 'true' : `mount -t tmpfs none ${o.hidden}`;
    const isolate = ['unshare', '--mount', '--pid', '--cgroup', '--fork', '--kill-child', '--mount-proc'];
    const hold = ['setpriv', `--reuid=${HOLDER_UID}`, `--regid=${HOLDER_UID}`, '--clear-groups', 'env', '-i'];
    const words = Object.entries(env).map(([key, value]) => `${key}=${value}`);
    const inside = ['sh', '-c', `${hide} && exec "$@"`, 'sh', ...hold, ...words, 'sleep', 'infinity'];
    const child = start([
      ...['nsenter', '--target', String(pause.pid), '--net', '--ipc', '--uts'],
      ...['sh', '-c', JOIN, 'sh', ...own, '--', ...isolate, ...inside],
    ]);
    await until(() => comm(childOf(child.pid!)) === 'sleep');
    pids[role] = childOf(child.pid!);
  }
  const end = async (role: Role) => {
    if (comm(pids[role]) === 'sleep') process.kill(pids[role], 'SIGKILL');
    await until(() => comm(pids[role]) === '');
  };
  return {
    ...{ uid, name, pids, containers: ids, end },
    async stop() {
      // having become another user they are not ended with their parents
      for (const role of ROLES) await end(role);
      for (const child of started) child.kill('SIGKILL');
      await Promise.all(started);
      for (const dir of folders) await removed(dir);
    },
  };
}

function launched([file, ...args]: readonly string[]) {
  return execa(file!, args, { reject: false, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' });
}

/** a cgroup goes when the last process in it has been reaped; those above it go with the last below */
async function removed(dir: string): Promise<void> {
  await until(() => readFileSync(`${dir}/cgroup.procs`, 'utf8') === '');
  for (let at = dir; at.includes('kubepods-test'); at = dirname(at)) {
    if (readdirSync(at, { withFileTypes: true }).some((entry) => entry.isDirectory())) return;
    rmdirSync(at);
  }
}

function childOf(pid: number): number {
  const text = read(`/proc/${pid}/task/${pid}/children`).trim();
  return Number(text.split(' ')[0] || 0);
}

function comm(pid: number): string {
  return pid === 0 ? '' : read(`/proc/${pid}/comm`).trim();
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (isSo()) return;
    await sleep(25);
  }
  throw new Error('the pod did not get there in 10 s');
}
