/** The running hookbench-trace: it is attached to the processes of one slice, and lets them go at its end, however that comes. */

import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from '#proto';
import { RingFile } from '../../collect/ring.ts';
import { PATHS } from '../../config.ts';
import { startTicks } from '../../host/undo.ts';
import type { ChildExit } from '../../load/port.ts';
import { spawnChild } from '../../process/child.ts';
import { LastLines } from '../../process/last-lines.ts';
import type { AttachedFindings, AttachedHook, HookOrder } from '../mechanism.ts';
import { hookVariables, ringCapacity } from '../ring-hook.ts';

const ATTACH_TIMEOUT_MS = 30_000;
const DETACH_TIMEOUT_MS = 15_000;
const NOTE =
  'ptrace stops every thread of the SUT at the entry and the exit of each system call; other processes pay nothing. Attaching interrupts waiting calls as a stop does';

let runs = 0;

/** @throws BenchError attach-failed | cancelled */
export async function attachTracer(
  order: HookOrder,
  pids: readonly number[],
  signal: AbortSignal,
): Promise<AttachedHook> {
  const startedMs = performance.now();
  const name = join(order.dir, `trace-${++runs}`);
  const rings = pids.map((pid) =>
    RingFile.create(`${name}-${pid}.ring`, {
      action: order.action,
      slots: 1,
      capacity: ringCapacity(order.mostReads),
      keywords: order.keywords.length,
    }),
  );
  const keywordFile = `${name}.keywords`;
  const remove = removing(rings, keywordFile);
  order.host.undo.push('ring files of the tracer', null, remove);
  const { variables, keywords } = hookVariables(order, keywordFile);
  await writeFile(keywordFile, keywords, { mode: 0o600 });
  const tracer = new Tracer(
    order.host.pinning.sut,
    pids.map((pid, i) => `${pid}:${rings[i]!.path}`),
    variables,
  );
  const change = { kind: 'process', pid: tracer.pid, startTicks: startTicks(tracer.pid) } as const;
  order.host.undo.push('hookbench-trace', change, () => tracer.kill());
  await tracer.live(signal);
  return {
    attachMs: performance.now() - startedMs,
    notes: [NOTE],
    died: () => tracer.died(),
    async detach() {
      const cuts = await tracer.end();
      const findings = pids.map((pid, i) => findingsOf(pid, rings[i]!, cuts.get(pid) ?? 0));
      remove();
      return findings;
    },
  };
}

function findingsOf(pid: number, ring: RingFile, cut: number): AttachedFindings {
  const { reads, lost } = ring.drain();
  return { pid, counts: ring.counts(), latencies: { kind: 'reads', reads }, traces: null, lost, cut };
}

function removing(rings: readonly RingFile[], keywordFile: string): () => void {
  let open = true;
  return () => {
    if (open) for (const ring of rings) ring.close();
    for (const path of [...rings.map((ring) => ring.path), keywordFile]) rmSync(path, { force: true });
    open = false;
  };
}

class Tracer {
  readonly #child: ReturnType<typeof spawnChild>;
  readonly #lines = new LastLines(80);
  readonly #found = new Map<number, number>();
  readonly #isLive: Promise<'live'>;
  #exit: ChildExit | null = null;

  /** On the core of the SUT: a stop that is looked at there costs a switch and no message to another core. */
  constructor(core: number | null, watched: readonly string[], env: Record<string, string>) {
    const [file, ...args] = [...(core === null ? [] : ['taskset', '-c', String(core)]), PATHS.tracer, ...watched];
    this.#child = spawnChild(file!, args, { env });
    this.#isLive = new Promise((resolve) => {
      this.#lines.onLine((line) => {
        if (line === 'live') resolve('live');
        const [, pid, cut] = /^found (\d+) cut (\d+)$/.exec(line) ?? [];
        if (pid !== undefined) this.#found.set(Number(pid), Number(cut));
      });
    });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdout.on('data', (chunk: Buffer) => this.#lines.push(chunk));
    this.#child.stderr.on('data', (chunk: Buffer) => this.#lines.push(chunk));
    void this.#child.exited.then((exit) => {
      this.#exit = exit;
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  async live(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<'aborted'>((resolve) => {
      if (signal.aborted) resolve('aborted');
      signal.addEventListener('abort', () => resolve('aborted'), { once: true });
    });
    const first = await Promise.race([this.#isLive, this.#child.exited, aborted, after(ATTACH_TIMEOUT_MS)]);
    if (first === 'live') return;
    await this.kill();
    if (first === 'aborted') throw new BenchError('cancelled', 'attaching the tracer was cancelled');
    throw this.#failure('attach-failed', 'the tracer could not be attached');
  }

  died(): string | null {
    return this.#exit === null ? null : `${describe(this.#exit)}\n${this.#lines.text()}`;
  }

  /** Lets all threads go. @returns pid → reads longer than what is scanned. @throws BenchError probe-died */
  async end(): Promise<ReadonlyMap<number, number>> {
    // it ends by itself when all that it traced has ended: what it found holds
    this.#child.stdin.end();
    await Promise.race([this.#child.exited, after(DETACH_TIMEOUT_MS)]);
    const exit = this.#exit;
    if (exit?.exitCode === 0) return this.#found;
    await this.kill();
    throw this.#failure('probe-died', exit === null ? 'the tracer did not end when told to' : describe(exit));
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child.exited;
  }

  #failure(code: 'attach-failed' | 'probe-died', message: string): BenchError {
    return new BenchError(code, message, {
      nextStep: 'end other tracers of this program (strace, gdb); hookbench doctor tells what this machine allows',
      detail: this.#lines.text(),
    });
  }
}

function describe({ exitCode, signal }: ChildExit): string {
  return `hookbench-trace ended with ${signal ?? `exit code ${exitCode}`}`;
}

function after(ms: number): Promise<'timeout'> {
  return new Promise((resolve) => setTimeout(() => resolve('timeout'), ms).unref());
}
