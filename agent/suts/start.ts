/** Starts one SUT instance and waits until it accepts connections. */

import { BenchError } from '#proto';
import type { Placement } from '../conditions/condition.ts';
import { pidSeenHere } from '../host/containers.ts';
import type { ChildPort } from '../load/port.ts';
import { LastLines } from '../process/last-lines.ts';
import type { Sut } from './sut.ts';

export interface SutProcess {
  readonly sut: string;
  readonly pid: number;
  /** what it calls itself: another number in a pid namespace of its own */
  readonly ownPid: number;
  readonly port: number;
  /** '' while it lives; afterwards how it ended, with its last lines */
  ended(): { readonly how: string; readonly lines: string } | null;
  stop(): Promise<void>;
}

const READY = /^HOOKBENCH_READY port=(\d{1,5}) pid=(\d{1,10})$/;
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 3_000;

/** @throws BenchError sut-unready with the program's last lines */
export async function startSut(
  sut: Sut,
  o: {
    placement: Placement;
    env: Readonly<Record<string, string>>;
    /** put in front of the SUT's own command; execs it */
    launcher?: readonly string[];
    signal: AbortSignal;
    timeoutMs?: number;
  },
): Promise<SutProcess> {
  const own = sut.command();
  const [file = own.file, ...args] = [...(o.launcher ?? []), own.file, ...own.args];
  const child = await o.placement.startSut(file, args, {
    ...{ HOOKBENCH_SUT: sut.id, HOOKBENCH_LISTEN: o.placement.sutIpv4, HOOKBENCH_PORT: '0' },
    ...o.env,
  });
  const lines = new LastLines(20);
  const ready = readyLine(child, lines);
  child.stderr.on('data', (chunk: Buffer) => lines.push(chunk));
  let exit: { exitCode: number | null; signal: string | null } | null = null;
  const exited = child.exited.then((result) => {
    exit = result;
    return result;
  });
  const timeoutMs = o.timeoutMs ?? READY_TIMEOUT_MS;
  const first = await Promise.race([ready, exited.then(() => 'exited' as const), after(timeoutMs), aborted(o.signal)]);
  if (typeof first === 'string') {
    await stopChild(child);
    if (first === 'aborted') throw new BenchError('cancelled', `the start of ${sut.id} was cancelled`);
    const how =
      first === 'exited'
        ? `ended before it was ready (${describe(exit)})`
        : `was not ready after ${timeoutMs / 1000} s`;
    throw new BenchError('sut-unready', `SUT ${sut.id} ${how}`, {
      nextStep: `try it by hand: HOOKBENCH_PORT=8080 ${[file, ...args].join(' ')}`,
      detail: lines.text(),
    });
  }
  return {
    sut: sut.id,
    pid: pidSeenHere(child.pid, first.pid) ?? first.pid,
    ownPid: first.pid,
    port: first.port,
    ended: () => (exit === null ? null : { how: describe(exit), lines: lines.text() }),
    stop: () => stopChild(child),
  };
}

function readyLine(child: ChildPort, lines: LastLines): Promise<{ port: number; pid: number }> {
  return new Promise((resolve) => {
    lines.onLine((line) => {
      const found = READY.exec(line);
      if (found !== null) resolve({ port: Number(found[1]), pid: Number(found[2]) });
    });
    child.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
  });
}

async function stopChild(child: ChildPort): Promise<void> {
  child.kill('SIGTERM');
  const result = await Promise.race([child.exited, after(STOP_TIMEOUT_MS)]);
  if (result === 'timeout') child.kill('SIGKILL');
  await child.exited;
}

function describe(exit: { exitCode: number | null; signal: string | null } | null): string {
  if (exit === null) return 'running';
  return exit.signal === null ? `exit code ${exit.exitCode}` : `signal ${exit.signal}`;
}

function after(ms: number): Promise<'timeout'> {
  return new Promise((resolve) => setTimeout(() => resolve('timeout'), ms).unref());
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  if (signal.aborted) return Promise.resolve('aborted');
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve('aborted'), { once: true }));
}
