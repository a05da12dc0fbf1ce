/** Counts what some processes read, and from what, while something is sent to them. Needs bpftrace, root and the kernel's BTF; where it can't
 * be had it says why. Never during a timed stretch: every system call of the machine is slower meanwhile. */

import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallCount } from '#proto';
import { BpftraceOutput } from '../collect/bpftrace.ts';
import type { UndoStack } from '../host/undo.ts';
import { startTicks } from '../host/undo.ts';
import type { ChildExit, ChildPort } from '../load/port.ts';
import { spawnChild } from '../process/child.ts';
import { censusScript, countsOf, LIVE_MARK } from './census-script.ts';
import { reasonOf } from './fact.ts';
import { FIRST_PID_NAMESPACE, namespaceOf } from './proc.ts';

const LIVE_TIMEOUT_MS = 15_000;
const END_TIMEOUT_MS = 15_000;
const SING_EVERY_MS = 10;
const MAP_KEYS = '4096';

/** by pid, or why nothing could be counted */
export type Census = { readonly counts: ReadonlyMap<number, CallCount[]> } | { readonly missing: string };

/** @param work what is counted; run only when the census is attached. What it throws is the reason why there is none. */
export async function takeCensus(
  pids: readonly number[],
  work: () => Promise<void>,
  o: { dir: string; undo: UndoStack; signal: AbortSignal },
): Promise<Census> {
  const script = censusScript(pids.length);
  const problem = script === null ? `the system calls of ${process.arch} are not known here` : censusProblem();
  if (script === null || problem !== null) return { missing: problem ?? '' };
  const path = join(o.dir, 'read_census.bt');
  await writeFile(path, script, { mode: 0o600 });
  const output = new BpftraceOutput();
  const args = ['-f', 'json', '-B', 'line', path, ...pids.map(String), String(process.pid)];
  const child = spawnChild('bpftrace', args, {
    env: { BPFTRACE_MAP_KEYS_MAX: MAP_KEYS, BPFTRACE_MAX_MAP_KEYS: MAP_KEYS },
  });
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const ended = child.exited;
  o.undo.push('bpftrace (census)', { kind: 'process', pid: child.pid, startTicks: startTicks(child.pid) }, async () => {
    child.kill('SIGKILL');
    await ended;
  });
  try {
    await attached(output, ended, o.signal);
    await work();
    return await counted(child, output, pids);
  } catch (error) {
    child.kill('SIGKILL');
    await ended;
    return { missing: reasonOf(error) };
  }
}

/** @returns null when it is worth trying */
export function censusProblem(): string | null {
  if (process.getuid?.() !== 0) return `counting them needs root, and this agent runs as uid ${process.getuid?.()}`;
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'counting them needs a kernel with BTF (/sys/kernel/btf/vmlinux)';
  if (namespaceOf('self', 'pid') !== FIRST_PID_NAMESPACE)
    return 'counting them needs the pid namespace of the host (hostPID)';
  const dirs = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];
  if (!dirs.some((dir) => existsSync(`${dir}/events/raw_syscalls/sys_enter`)))
    return 'counting them needs tracefs with raw_syscalls (mount -t tracefs tracefs /sys/kernel/tracing)';
  return null;
}

/** Reads a file itself until the script says that it saw a call from its entry to its exit: then both probes are there. */
async function attached(output: BpftraceOutput, ended: Promise<ChildExit>, signal: AbortSignal): Promise<void> {
  const live = output.seen(LIVE_MARK).then(() => 'live' as const);
  const outcome = Promise.race([live, ended.then(() => 'ended' as const)]);
  const deadline = performance.now() + LIVE_TIMEOUT_MS;
  const file = openSync('/dev/null', 'r');
  try {
    while (true) {
      readSync(file, Buffer.alloc(1), 0, 1, null);
      const state = await Promise.race([outcome, later(SING_EVERY_MS)]);
      if (state === 'live') return;
      if (state === 'ended') throw new Error(`bpftrace could not be attached: ${lastWords(output)}`);
      if (signal.aborted) throw new Error('the run was cancelled');
      if (performance.now() > deadline) throw new Error(`bpftrace was not attached after ${LIVE_TIMEOUT_MS / 1000} s`);
    }
  } finally {
    closeSync(file);
  }
}

async function counted(child: ChildPort, output: BpftraceOutput, pids: readonly number[]): Promise<Census> {
  child.kill('SIGINT');
  const exit = await Promise.race([child.exited, later(END_TIMEOUT_MS)]);
  if (exit === 'timeout') throw new Error('bpftrace did not end when told to');
  const { maps, lostEvents } = output.maps();
  if (exit.exitCode !== 0 || !maps.has('calls'))
    throw new Error(`bpftrace ended without its counts: ${lastWords(output)}`);
  if (lostEvents > 0) throw new Error(`bpftrace lost ${lostEvents} events`);
  return { counts: new Map(pids.map((pid) => [pid, countsOf({ maps, lostEvents }, pid)])) };
}

function lastWords(output: BpftraceOutput): string {
  return (
    output
      .text()
      .split('\n')
      .slice(-2)
      .join('; ')
      .replace(/[^\x20-\x7e]/g, ' ')
      .trim()
      .slice(0, 300) || 'it said nothing'
  );
}

function later(ms: number): Promise<'timeout'> {
  return new Promise((resolve) => setTimeout(() => resolve('timeout'), ms).unref());
}
