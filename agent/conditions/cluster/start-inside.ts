/** Starts a program in a container that is there already, as `exec` does: in its namespaces, in its cgroups, with its environment; with the
 * rights of the study's user. */

import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '#proto';
import { startTicks } from '../../host/undo.ts';
import type { ChildPort } from '../../load/port.ts';
import { allPids, processStat, readText } from '../../observe/proc.ts';
import { spawnWith } from '../../process/child.ts';
import { asUser, type RunAs } from '../../security/run-as.ts';
import { cgroupFolders } from './cgroup-folders.ts';
import { type Holder, isAlive } from './marked.ts';

export interface Inside {
  readonly holder: Holder;
  readonly runAs?: RunAs | undefined;
}

const STARTED_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 5;
const NAMESPACES = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
/** what makes a holder known: programs in its container must not be taken for it */
const MARKERS = ['HOOKBENCH_SUT', 'HOOKBENCH_CONTAINER'];
/** a process moves itself, with all that it becomes and starts */
const MOVE = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 125; shift; done; shift; exec "$@"';

/** @param command a program and its words, found by the container's PATH; each execs the next
 * @returns its pid is the program's, as this agent calls it; signals go to it. @throws BenchError sut-unready | unsupported */
export async function startInside({ holder, runAs }: Inside, command: readonly string[]): Promise<ChildPort> {
  const folders = cgroupFoldersOf(holder);
  const enter = ['nsenter', '--target', String(holder.pid), ...NAMESPACES];
  // the kernel ends nsenter with the agent, and the program with nsenter
  const through = ['setpriv', '--pdeathsig', 'KILL', 'sh', '-c', MOVE, 'sh', ...folders, '--', ...enter] as const;
  const start = spawnWith(runAs === undefined ? [] : asUser(runAs), through);
  const port = start('env', ['-i', ...environmentOf(holder), ...command], {});
  // what it says before anybody listens must not be lost
  const [stdout, stderr] = [port.stdout.pipe(new PassThrough()), port.stderr.pipe(new PassThrough())];
  const pid = await programOf(port);
  if (!isAlive(holder)) {
    port.kill('SIGKILL');
    throw new BenchError('sut-unready', `the container ${holder.container} ended while a program was started in it`, {
      nextStep: 'kubectl -n hookbench get pods shows whether it is back; run the study again',
    });
  }
  const ticks = pid === null ? '' : startTicks(pid);
  const kill = (signal = 'SIGTERM') => {
    if (pid === null) port.kill(signal);
    else if (ticks !== '' && startTicks(pid) === ticks) process.kill(pid, signal as NodeJS.Signals);
  };
  return { pid: pid ?? port.pid, stdin: port.stdin, stdout, stderr, exited: port.exited, kill };
}

/** @throws BenchError unsupported where its limits can't be had: what runs there would not be in the container then */
function cgroupFoldersOf({ pid, container }: Holder): string[] {
  const mountinfo = readFileSync('/proc/self/mountinfo', 'utf8');
  const folders = cgroupFolders({ pid, mountinfo, cgroup: readText(`/proc/${pid}/cgroup`) ?? '' });
  if (folders.length > 0) return folders.map((dir) => `${dir}/cgroup.procs`);
  throw new BenchError('unsupported', `the cgroup of container ${container} is not reached from here`, {
    nextStep: 'mount /sys/fs/cgroup of the node into the agent, writable (deploy/base/agent.yaml)',
  });
}

/** the container's own, as `exec` gives it */
function environmentOf({ env }: Holder): string[] {
  return [...env].filter(([name]) => !MARKERS.includes(name)).map(([name, value]) => `${name}=${value}`);
}

/** nsenter stays outside and forks: its one child is the program, from before it becomes that until it ends.
 * @returns null when it ended first. @throws BenchError sut-unready */
async function programOf({ pid: parent, exited, kill }: ChildPort): Promise<number | null> {
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  const giveUpAtMs = performance.now() + STARTED_WITHIN_MS;
  while (!ended) {
    const child = childOf(parent);
    if (child !== null) return child;
    if (performance.now() > giveUpAtMs) {
      kill('SIGKILL');
      throw new BenchError('sut-unready', `nsenter did not start a program within ${STARTED_WITHIN_MS / 1000} s`);
    }
    await sleep(LOOK_EVERY_MS);
  }
  return null;
}

function childOf(parent: number): number | null {
  const told = readText(`/proc/${parent}/task/${parent}/children`);
  // without CONFIG_PROC_CHILDREN
  if (told === null) return allPids().find((pid) => processStat(pid)?.parent === parent) ?? null;
  const [first] = told.trim().split(' ');
  return first === undefined || first === '' ? null : Number(first);
}
