/** A script for bpftrace: NAME.bt. It gets the process ids of the SUTs as $1, $2, …, and runs as the agent does, without --unsafe. */

import { readFileSync } from 'node:fs';
import { asBenchError, BenchError } from '#proto';
import { bpftraceVersion } from '../../host/facts.ts';
import { startTicks, UndoStack } from '../../host/undo.ts';
import { LastLines } from '../../process/last-lines.ts';
import { type PtyPort, ptyProblem, spawnPty } from '../../process/pty.ts';
import type { AttachedMechanism } from '../mechanism.ts';
import { attachedHook, type OutsideHook } from './attached.ts';
import type { FoundHook } from './folder.ts';

const NEEDS = 'root, bpftrace, node-pty, a script that it takes, in a folder that only root or the agent can write to';
const ATTACH_TIMEOUT_MS = 120_000;
const TRIAL_TIMEOUT_MS = 60_000;
/** for a script that ends by itself to do so */
const TRIAL_MS = 500;
const DETACH_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 20;
/** epoll_wait and epoll_pwait: where bpftrace waits for events once its last probe is attached, and not before */
const WAITING = process.arch === 'x64' ? ['232', '281'] : ['22'];

export async function scriptHook(found: FoundHook): Promise<AttachedMechanism> {
  return attachedHook(found, {
    needs: NEEDS,
    problem: found.refused === '' ? await scriptProblem(found) : found.refused,
    attach: ({ host }, pids, signal) => attachScript(found, pids, { undo: host.undo, signal }),
  });
}

/** Really attaches it, to this process, and ends it. @returns why that can't be; null when it can */
async function scriptProblem(found: FoundHook): Promise<string | null> {
  if ((await bpftraceVersion()) === 'absent') return 'no bpftrace on the PATH (apt-get install bpftrace)';
  if (process.getuid?.() !== 0) return `uid ${process.getuid?.()} (run as root or with sudo)`;
  const terminal = await ptyProblem();
  if (terminal !== null) return `node-pty can't be loaded (${terminal})`;
  const undo = new UndoStack();
  try {
    const hook = await attachScript(found, [process.pid], { undo, signal: AbortSignal.timeout(TRIAL_TIMEOUT_MS) });
    await new Promise((resolve) => setTimeout(resolve, TRIAL_MS));
    while (hook.died() === null && !hook.isWaiting())
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const died = hook.died();
    if (died !== null) return `it ends by itself, with ${died.replaceAll('\n', '; ')}`;
    await hook.end();
    return null;
  } catch (error) {
    const { message, detail } = asBenchError(error);
    return `${message}: ${detail.replaceAll(/\s*\n\s*/g, '; ').slice(-400)}`;
  } finally {
    await undo.run();
  }
}

/** What the script prints goes nowhere: a terminal or a file would be part of its cost, and could fill the memory. What bpftrace itself has to
 * say comes over the terminal. */
async function attachScript(
  { path }: FoundHook,
  pids: readonly number[],
  o: { undo: UndoStack; signal: AbortSignal },
): Promise<OutsideHook & { isWaiting(): boolean }> {
  const lines = new LastLines(12);
  const term = await spawnPty('bpftrace', ['-o', '/dev/null', path, ...pids.map(String)], { env: { NO_COLOR: '1' } });
  term.onData((text) => lines.push(text));
  let how: string | null = null;
  void term.exited.then(({ exitCode, signal }) => {
    how = signal === 0 ? `exit code ${exitCode}` : `signal ${signal}`;
  });
  // 0.17 complains of a limit that newer kernels don't have
  const said = () => lines.text().replace(/^.*RLIMIT_MEMLOCK.*\n?/m, '');
  o.undo.push(`bpftrace ${path}`, { kind: 'process', pid: term.pid, startTicks: startTicks(term.pid) }, async () => {
    if (how !== null) return;
    term.kill('SIGKILL');
    await term.exited;
  });
  await waitsForEvents(term, { ended: () => how, said, signal: o.signal });
  return {
    died: () => (how === null ? null : `${how}\n${said()}`),
    isWaiting: () => isWaiting(term.pid),
    async end() {
      const early = how;
      term.interrupt();
      const late = (await Promise.race([term.exited, after(DETACH_TIMEOUT_MS)])) === 'timeout';
      if (late) term.kill('SIGKILL');
      await term.exited;
      if (early === null && !late && how === 'exit code 0') return;
      const ended = late ? 'only by being killed: it gave no answer to Ctrl-C' : `with ${how}`;
      throw new BenchError('probe-died', `bpftrace ${path} ended ${ended}`, { detail: said() });
    },
  };
}

/** A script says nothing by which it could be told that its probes are live (BEGIN runs before the others are attached). That bpftrace waits for
 * events does. @throws BenchError attach-failed | cancelled */
async function waitsForEvents(
  term: PtyPort,
  o: { ended: () => string | null; said: () => string; signal: AbortSignal },
): Promise<void> {
  const failed = (what: string) =>
    new BenchError('attach-failed', `bpftrace ${what}`, {
      nextStep: 'try the script by hand, with the process ids of the SUTs behind it',
      detail: o.said(),
    });
  const deadline = performance.now() + ATTACH_TIMEOUT_MS;
  while (!isWaiting(term.pid)) {
    let problem: BenchError | null = null;
    if (o.ended() !== null) problem = failed(`ended before its probes were attached (${o.ended()})`);
    else if (o.signal.aborted) problem = new BenchError('cancelled', 'attaching the script was cancelled');
    else if (performance.now() > deadline) problem = failed(`was not attached after ${ATTACH_TIMEOUT_MS / 1000} s`);
    if (problem !== null) {
      term.kill('SIGKILL');
      await term.exited;
      throw problem;
    }
    await Promise.race([term.exited, after(LOOK_EVERY_MS)]);
  }
}

function isWaiting(pid: number): boolean {
  try {
    return WAITING.includes(readFileSync(`/proc/${pid}/syscall`, 'latin1').split(' ')[0] ?? '');
  } catch {
    return false;
  }
}

function after(ms: number): Promise<'timeout'> {
  return new Promise((resolve) => setTimeout(() => resolve('timeout'), ms).unref());
}
