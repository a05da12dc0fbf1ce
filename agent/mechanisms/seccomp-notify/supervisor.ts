/** The running hookbench-notify of one instance. Without it the program's reads fail (ENOSYS): when it dies, the program is ended. */

import { BenchError } from '#proto';
import { PATHS } from '../../config.ts';
import type { HostPort } from '../../host/port.ts';
import { startTicks } from '../../host/undo.ts';
import type { ChildExit } from '../../load/port.ts';
import { spawnChild } from '../../process/child.ts';
import { LastLines } from '../../process/last-lines.ts';
import { grantGroup } from '../../security/run-as.ts';

const READY_TIMEOUT_MS = 10_000;
const END_TIMEOUT_MS = 2_000;

export interface Supervisor {
  /** where its launcher finds it */
  readonly socket: string;
  /** null while it lives, and when it ended because the program did or we said so; else its last lines */
  died(): string | null;
}

/** On the core of the SUT: a call that is answered there costs a switch and no message to another core.
 * @throws BenchError attach-failed */
export async function startSupervisor(
  host: HostPort,
  o: { env: Readonly<Record<string, string>>; socket: string },
): Promise<Supervisor> {
  const core = host.pinning.sut;
  const command = [...(core === null ? [] : ['taskset', '-c', String(core)]), PATHS.notifySupervisor, o.socket];
  const child = spawnChild(command[0]!, command.slice(1), { env: o.env });
  const lines = new LastLines(10);
  let exit: ChildExit | null = null;
  let ending = false;
  let held: { pid: number; ticks: string } | null = null;
  const ready = new Promise<'ready'>((resolve) => {
    lines.onLine((line) => {
      if (line === 'ready') resolve('ready');
      const pid = Number(/^live (\d+)$/.exec(line)?.[1] ?? 0);
      if (pid > 0) held = { pid, ticks: startTicks(pid) };
    });
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => lines.push(chunk));
  const exited = child.exited.then((how) => {
    exit = how;
    if (!ending && held !== null) endProgram(held);
    return how;
  });
  host.undo.push(
    'hookbench-notify',
    { kind: 'process', pid: child.pid, startTicks: startTicks(child.pid) },
    async () => {
      ending = true;
      child.stdin.end();
      if ((await Promise.race([exited, after(END_TIMEOUT_MS)])) === 'timeout') child.kill('SIGKILL');
      await exited;
    },
  );
  const first = await Promise.race([ready, exited, after(READY_TIMEOUT_MS)]);
  if (first !== 'ready')
    throw new BenchError('attach-failed', 'the seccomp supervisor did not start', {
      nextStep: 'run hookbench doctor, which tries it out',
      detail: lines.text(),
    });
  grantGroup(o.socket, host.runAs, 0o660);
  return {
    socket: o.socket,
    died: () => (exit === null || exit.exitCode === 0 || ending ? null : `${describe(exit)}\n${lines.text()}`),
  };
}

/** It may have ended by itself, which is why the supervisor did: then its number is somebody else's, or nobody's. */
function endProgram({ pid, ticks }: { pid: number; ticks: string }): void {
  if (ticks === '' || startTicks(pid) !== ticks) return;
  process.kill(pid, 'SIGKILL');
}

function describe({ exitCode, signal }: ChildExit): string {
  return `hookbench-notify ended with ${signal ?? `exit code ${exitCode}`}`;
}

function after(ms: number): Promise<'timeout'> {
  return new Promise((resolve) => setTimeout(() => resolve('timeout'), ms).unref());
}
