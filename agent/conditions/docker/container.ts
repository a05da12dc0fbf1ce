/** One container with one program in it, as a child process: `docker run`, attached. Its pid is the program's own, as this machine calls it. */

import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '#proto';
import { removeContainer } from '../../host/containers.ts';
import { startTicks } from '../../host/undo.ts';
import type { ChildExit, ChildPort } from '../../load/port.ts';
import { runCommand, spawnChild } from '../../process/child.ts';
import { type ContainerOrder, runArguments } from './run-arguments.ts';

export interface Container {
  readonly name: string;
  readonly child: ChildPort;
}

const STARTED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 60;
/** what `docker run` ends with where not the program but itself or the engine is why */
const CLIENT_FAILED = 125;

/** Waits until its process is there, or has come and gone: then the child's exit says how. @throws BenchError sut-unready */
export async function startContainer(order: ContainerOrder, file: string, args: readonly string[]): Promise<Container> {
  const name = `${order.family}-${order.role}`;
  let [ended, removed] = [false, false];
  order.host.undo.push(`container ${name}`, { kind: 'container', name }, async () => {
    if (!removed) await removeContainer(name);
  });
  const cli = spawnChild('docker', ['run', ...runArguments(name, order), file, ...args], {});
  // what it says before anybody listens must not be lost
  const [stdout, stderr] = [cli.stdout.pipe(new PassThrough()), cli.stderr.pipe(new PassThrough())];
  // the client ends when the container has been removed, unless it is ended itself or loses the engine
  const gone = cli.exited.then((exit) => {
    ended = true;
    removed = exit.signal === null && exit.exitCode !== CLIENT_FAILED;
    return asOfProgram(exit);
  });
  const pid = await firstPid(name, () => ended);
  const ticks = pid === null ? '' : startTicks(pid);
  if (pid !== null && ticks === '' && (await inspected(name, '{{.State.Running}}')) === 'true') throw unseen(name, pid);
  // made last: nobody can listen before this returns
  const exited = gone.then(async (exit) => {
    await Promise.all([stdout, stderr].map(delivered));
    return exit;
  });
  const kill = (signal = 'SIGTERM') => {
    if (pid === null) cli.kill(signal);
    else if (!ended && ticks !== '' && startTicks(pid) === ticks) process.kill(pid, effective(pid, signal));
  };
  return { name, child: { pid: pid ?? cli.pid, stdin: cli.stdin, stdout, stderr, exited, kill } };
}

function unseen(name: string, pid: number): BenchError {
  return new BenchError('unsupported', `process ${pid} of container ${name} is not to be seen from this agent`, {
    nextStep: 'let an agent that runs in a container see the pids of the host: docker run --pid host',
  });
}

/** Its last words come before its end. Who starts it has had the time to listen by then; what nobody listens to is thrown away. */
async function delivered(stream: PassThrough): Promise<void> {
  await nextTurn();
  if (stream.readableFlowing === null) stream.resume();
  await finished(stream).catch(() => undefined);
}

/** @returns its address on the engine's bridge. @throws BenchError unsupported */
export async function addressOf(name: string): Promise<string> {
  const address = (await inspected(name, '{{.NetworkSettings.IPAddress}}')) ?? '';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return address;
  throw new BenchError('unsupported', `Docker gave container ${name} no address on its bridge`, {
    nextStep: 'run hookbench doctor: it says what the condition docker:bridge needs',
    detail: address,
  });
}

/** @returns null when it ended first. @throws BenchError sut-unready */
async function firstPid(name: string, hasEnded: () => boolean): Promise<number | null> {
  const giveUpAtMs = performance.now() + STARTED_WITHIN_MS;
  while (!hasEnded()) {
    const pid = Number((await inspected(name, '{{.State.Pid}}')) ?? 0);
    if (pid > 0) return pid;
    if (performance.now() > giveUpAtMs)
      throw new BenchError('sut-unready', `container ${name} did not start within ${STARTED_WITHIN_MS / 1000} s`, {
        nextStep: `docker logs ${name}; docker info`,
      });
    await sleep(LOOK_EVERY_MS);
  }
  return null;
}

async function inspected(name: string, format: string): Promise<string | null> {
  const { exitCode, stdout } = await runCommand('docker', ['container', 'inspect', '--format', format, name]);
  return exitCode === 0 ? stdout.trim() : null;
}

/** The first process of a pid namespace gets no signal that it has no handler for, but SIGKILL from outside: what would end it elsewhere. */
function effective(pid: number, signal: string): NodeJS.Signals {
  if (signal !== 'SIGTERM' && signal !== 'SIGINT' && signal !== 'SIGHUP') return signal as NodeJS.Signals;
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0';
  const bit = 1n << BigInt(constants.signals[signal] - 1);
  return (BigInt(`0x${caught}`) & bit) === 0n ? 'SIGKILL' : signal;
}

/** Docker's client tells an end by a signal as 128 and its number. */
function asOfProgram(exit: ChildExit): ChildExit {
  const number = (exit.exitCode ?? 0) - 128;
  const signal = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return signal === undefined ? exit : { exitCode: null, signal };
}
