/** Attach, prove live, detach, read the maps. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from '#proto';
import { type BpftraceMaps, BpftraceOutput } from '../../collect/bpftrace.ts';
import { FileTail } from '../../collect/file-tail.ts';
import { BPFTRACE_TRACES, PATHS } from '../../config.ts';
import { startTicks } from '../../host/undo.ts';
import { type PtyPort, spawnPty } from '../../process/pty.ts';
import { Canary } from '../canary.ts';
import type { AttachedHook, HookOrder } from '../mechanism.ts';
import { findingsOf } from './findings.ts';
import { kernelTypes } from './kernel-types.ts';
import { type HookScript, hookScript, LIVE_MARK, WINDOW_BYTES, WINDOWS_BYTES } from './script.ts';

/** On an overloaded machine attaching was seen to take 45 s. */
const ATTACH_TIMEOUT_MS = 120_000;
const SECOND_INTERRUPT_MS = 20_000;
const DETACH_TIMEOUT_MS = 100_000;
const SING_EVERY_MS = 25;
/** more keys than pids × latency buckets ever seen; the sum of the histogram is checked against the count all the same */
const MAP_KEYS = '16384';

/** action and keywords (joined) → index of the window that loaded here before */
const loadable = new Map<string, number>();

/** Tries the windows until one loads, and remembers it for these keywords. @throws BenchError attach-failed when none does */
export async function attachBpftrace(
  order: HookOrder,
  pids: readonly number[],
  signal: AbortSignal,
): Promise<AttachedHook> {
  const words = [order.action, ...order.keywords.map((word) => Buffer.from(word).toString('latin1'))].join('\n');
  for (let index = loadable.get(words) ?? 0; ; index++) {
    try {
      const hook = await attachScan(order, pids, { signal, windowBytes: WINDOWS_BYTES[index] ?? WINDOW_BYTES });
      loadable.set(words, index);
      return hook;
    } catch (error) {
      if (!isTooComplex(error) || index + 1 >= WINDOWS_BYTES.length) throw error;
    }
  }
}

/** the verifier gave up, or bpftrace says only that the program could not be loaded */
function isTooComplex(error: unknown): boolean {
  return (
    error instanceof BenchError &&
    error.code === 'attach-failed' &&
    /too large|too complex|rror loading/.test(error.detail)
  );
}

async function attachScan(
  order: HookOrder,
  pids: readonly number[],
  o: { signal: AbortSignal; windowBytes: number },
): Promise<AttachedHook> {
  const script = hookScript(await readFile(PATHS.bpftraceTemplate, 'utf8'), {
    keywords: order.keywords,
    targets: pids.length,
    windowBytes: o.windowBytes,
    trace: order.action === 'trace',
  });
  const path = join(order.dir, 'read_hook.bt');
  await writeFile(path, kernelTypes() + script.text, { mode: 0o600 });
  const output = openOutput(order.dir);
  const startedMs = performance.now();
  const args = ['-f', 'json', '-o', output.path, path, ...pids.map(String), String(process.pid)];
  const term = await spawnPty('bpftrace', args, {
    env: { BPFTRACE_MAP_KEYS_MAX: MAP_KEYS, BPFTRACE_MAX_MAP_KEYS: MAP_KEYS, NO_COLOR: '1' },
  });
  term.onData((text) => output.terminal.push(text));
  let exit: Exit | null = null;
  void term.exited.then((result) => {
    exit = result;
  });
  order.host.undo.push('bpftrace', { kind: 'process', pid: term.pid, startTicks: startTicks(term.pid) }, async () => {
    if (exit !== null) return;
    term.kill('SIGKILL');
    await term.exited;
  });
  await provenLive(term, output, { keyword: order.keywords[0]!, signal: o.signal });
  return {
    attachMs: performance.now() - startedMs,
    notes: notesOf(script, order),
    holder: term.pid,
    died: () => (exit === null ? null : `${how(exit)}\n${said(output)}`),
    async detach() {
      const told = exit === null;
      if (told && !(await interrupted(term))) term.kill('SIGKILL');
      output.tail.read();
      output.tail.close();
      const problem = endProblem(exit, { told, maps: output.data.maps() });
      if (problem !== null) {
        throw new BenchError('probe-died', `bpftrace ended ${problem}`, {
          nextStep: `run it by hand: bpftrace ${path}`,
          detail: said(output),
        });
      }
      const trace = order.action === 'trace' ? { keywords: order.keywords, windowBytes: o.windowBytes } : null;
      return findingsOf(output.data.maps(), pids, trace && { ...trace, lines: output.data.printed() });
    },
  };
}

interface Exit {
  readonly exitCode: number;
  readonly signal: number;
}

/** What bpftrace printed is whole only when it came to its own end: one that is killed has printed all its maps, some of them, or half of one.
 * @param exit null when it gave no answer and had to be killed
 * @returns null when its maps are whole */
export function endProblem(exit: Exit | null, o: { told: boolean; maps: BpftraceMaps }): string | null {
  if (exit === null) return 'only by being killed: it gave no answer to Ctrl-C';
  if (!o.told) return `before it was told to (${how(exit)})`;
  if (exit.signal !== 0 || exit.exitCode !== 0) return `with ${how(exit)}; its maps may not be whole`;
  return o.maps.maps.has('n') ? null : `without its maps (${how(exit)})`;
}

/** Data goes to a file and not over the terminal: what a program writes last on a terminal may be lost when it ends, and a terminal that is read
 * too slowly stops it. Errors and Ctrl-C go over the terminal. */
interface Output {
  readonly path: string;
  readonly data: BpftraceOutput;
  readonly terminal: BpftraceOutput;
  readonly tail: FileTail;
}

let runs = 0;

function openOutput(dir: string): Output {
  const path = join(dir, `bpftrace-${++runs}.json`);
  const data = new BpftraceOutput();
  return { path, data, terminal: new BpftraceOutput(), tail: new FileTail(path, (text) => data.push(text)) };
}

function said(output: Output): string {
  return `${output.terminal.text()}\n${output.data.text()}`.trim();
}

/** Ctrl-C, and once more as a plain signal should it not have been heard. Closing the probes takes seconds on a loaded machine.
 * @returns whether the program has ended */
async function interrupted(term: PtyPort): Promise<boolean> {
  term.interrupt();
  if ((await Promise.race([term.exited, later(SECOND_INTERRUPT_MS)])) !== 'timeout') return true;
  term.kill('SIGINT');
  return (await Promise.race([term.exited, later(DETACH_TIMEOUT_MS)])) !== 'timeout';
}

/** Sings until the script says that it saw the keyword: then every probe on the way from accept to the scan is live. */
async function provenLive(
  term: PtyPort,
  output: Output,
  o: { keyword: Uint8Array; signal: AbortSignal },
): Promise<void> {
  const canary = await Canary.open();
  const deadline = performance.now() + ATTACH_TIMEOUT_MS;
  const live = output.data.seen(LIVE_MARK);
  const outcome = Promise.race([live.then(() => 'live' as const), term.exited.then(() => 'exited' as const)]);
  try {
    while (true) {
      const state = await Promise.race([outcome, later(SING_EVERY_MS)]);
      if (state === 'live') return;
      if (state === 'exited') throw attachFailed('bpftrace ended before it was attached', output);
      if (o.signal.aborted) throw new BenchError('cancelled', 'attaching bpftrace was cancelled');
      if (performance.now() > deadline)
        throw attachFailed(`bpftrace was not live after ${ATTACH_TIMEOUT_MS / 1000} s`, output);
      await canary.sing(o.keyword);
      output.tail.read();
    }
  } catch (error) {
    term.kill('SIGKILL');
    await term.exited;
    output.tail.close();
    throw error;
  } finally {
    canary.close();
  }
}

function attachFailed(message: string, output: Output): BenchError {
  return new BenchError('attach-failed', message, {
    nextStep: 'run hookbench doctor; its lines for bpftrace say what is missing',
    detail: said(output),
  });
}

function notesOf(script: HookScript, { keywords, action }: HookOrder): string[] {
  const { windowBytes, scanned, dropped } = script.scan;
  const scope = `bpftrace scans the first ${windowBytes} bytes of each read for ${scanned} of ${keywords.length} keywords; ${dropped.length} contain a shorter keyword, which decides the same`;
  if (action !== 'trace') return [scope];
  return [
    scope,
    `bpftrace prints the first ${BPFTRACE_TRACES} matches of each process and attach, a message of ${8 * (windowBytes / 8 + 7)} bytes each; the others are counted`,
  ];
}

function how(exit: Exit): string {
  return exit.signal === 0 ? `exit code ${exit.exitCode}` : `signal ${exit.signal}`;
}

function later(ms: number): Promise<'timeout'> {
  return new Promise((resolve) => setTimeout(() => resolve('timeout'), ms).unref());
}
