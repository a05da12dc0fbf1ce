/** Starts one SUT instance and waits until it accepts connections. */

import { mkdirSync } from 'node:fs';
import { BenchError } from '#proto';
import type { Placement } from '../conditions/condition.ts';
import { pidSeenHere } from '../host/containers.ts';
import { giveFolder } from '../host/folders.ts';
import type { ChildPort } from '../load/port.ts';
import { LastLines } from '../process/last-lines.ts';
import type { RunAs } from '../security/run-as.ts';
import { freePort, listens, servingPidOf } from './ready.ts';
import type { Readiness, Sut, SutPlace } from './sut.ts';

export interface SutProcess {
  readonly sut: string;
  /** of the program that was started */
  readonly pid: number;
  /** of the process that reads requests, which may be a worker of it */
  readonly servingPid: number;
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
const LOOK_EVERY_MS = 10;

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
    /** a folder that the program may write, for one that needs it */
    dir?: string;
    runAs?: RunAs;
  },
): Promise<SutProcess> {
  const ready = sut.ready ?? { kind: 'says' };
  const place = await placeOf(ready, o);
  await sut.prepare?.(place);
  if (ready.kind === 'listens' && o.runAs !== undefined) giveFolder(place.dir, o.runAs);
  const own = sut.command(place);
  const [file = own.file, ...args] = [...(o.launcher ?? []), own.file, ...own.args];
  const child = await o.placement.startSut(file, args, {
    ...{ HOOKBENCH_SUT: sut.id, HOOKBENCH_LISTEN: place.ipv4, HOOKBENCH_PORT: String(place.port) },
    ...o.env,
  });
  const lines = new LastLines(20);
  const starting = ready.kind === 'says' ? readyLine(child, lines) : listening(child, lines, { sut, ready, place });
  child.stderr.on('data', (chunk: Buffer) => lines.push(chunk));
  let exit: { exitCode: number | null; signal: string | null } | null = null;
  const exited = child.exited.then((result) => {
    exit = result;
    return result;
  });
  const timeoutMs = o.timeoutMs ?? READY_TIMEOUT_MS;
  const first = await Promise.race([
    starting,
    exited.then(() => 'exited' as const),
    after(timeoutMs),
    aborted(o.signal),
  ]);
  if (typeof first === 'string') {
    await stopChild(child, sut);
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
  const pid = pidSeenHere(child.pid, first.pid) ?? first.pid;
  return {
    sut: sut.id,
    pid,
    servingPid: first.servingPid ?? pid,
    ownPid: first.pid,
    port: first.port,
    ended: () => (exit === null ? null : { how: describe(exit), lines: lines.text() }),
    stop: () => stopChild(child, sut),
  };
}

interface Started {
  readonly port: number;
  readonly pid: number;
  readonly servingPid?: number;
}

async function placeOf(
  ready: Readiness,
  { placement, dir = '', runAs }: { placement: Placement; dir?: string; runAs?: RunAs },
): Promise<SutPlace> {
  const port = placement.nextPort?.() ?? (ready.kind === 'says' ? 0 : await freePort());
  if (ready.kind === 'listens') mkdirSync(dir, { mode: 0o700 });
  return { ipv4: placement.listenIpv4 ?? placement.sutIpv4, port, dir, ...(runAs !== undefined && { runAs }) };
}

/** Looks until the port is listened on, the line was said and the process that reads is there. Without end: the caller has the deadline. */
function listening(
  child: ChildPort,
  lines: LastLines,
  o: { sut: Sut; ready: Readiness & { kind: 'listens' }; place: SutPlace },
): Promise<Started> {
  let said = o.ready.line === null;
  lines.onLine((line) => {
    said ||= o.ready.line?.test(line) ?? false;
  });
  child.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
  return new Promise((resolve) => {
    const look = setInterval(() => {
      const servingPid = servingPidOf(child.pid, o.sut.serving);
      if (!said || servingPid === null || !listens(child.pid, o.place.port)) return;
      clearInterval(look);
      resolve({ port: o.place.port, pid: child.pid, servingPid });
    }, LOOK_EVERY_MS);
    void child.exited.then(() => clearInterval(look));
  });
}

function readyLine(child: ChildPort, lines: LastLines): Promise<Started> {
  return new Promise((resolve) => {
    lines.onLine((line) => {
      const found = READY.exec(line);
      if (found !== null) resolve({ port: Number(found[1]), pid: Number(found[2]) });
    });
    child.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
  });
}

async function stopChild(child: ChildPort, { stopSignal = 'SIGTERM' }: Sut): Promise<void> {
  child.kill(stopSignal);
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
