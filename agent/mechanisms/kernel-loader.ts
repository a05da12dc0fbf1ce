/** Runs build/hookbench-bpf, which loads our kernel program, and reads what it brought into the ring files: for the mechanisms `bpf`, `uprobe`
 * and `sk-skb`, which differ in where the program is attached. */

import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from '#proto';
import { RingFile } from '../collect/ring.ts';
import { startTicks } from '../host/undo.ts';
import { Canary } from './canary.ts';
import { LoaderProcess } from './loader-process.ts';
import type { AttachedFindings, AttachedHook, HookOrder } from './mechanism.ts';

const ATTACH_TIMEOUT_MS = 120_000;
const SING_EVERY_MS = 25;

/** bytes of a call that are scanned (HB_BPF_WINDOW) */
export const BPF_WINDOW_BYTES = 4096;

export interface LoaderOptions {
  /** --form and --site: numbers, names of the loader's own list, and paths found by the agent */
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** a keyword on the canary's connection comes through whatever the functions; else only where `read` is watched */
  readonly seesConnections?: boolean;
  /** lines for the report, given the form that was attached and what was refused before */
  notes(form: string, refused: readonly string[]): readonly string[];
}

let runs = 0;

/** Attaches to the processes; proven live by a canary of this process where its keyword can be seen. @throws BenchError attach-failed | cancelled */
export async function attachByLoader(
  order: HookOrder,
  pids: readonly number[],
  o: LoaderOptions,
): Promise<AttachedHook> {
  const startedMs = performance.now();
  const name = join(order.dir, `kernel-${++runs}`);
  const rings = pids.map((pid) =>
    RingFile.create(`${name}-${pid}.ring`, {
      action: order.action,
      slots: 1,
      capacity: capacityFor(order.mostReads),
      keywords: order.keywords.length,
    }),
  );
  const close = closing(rings);
  order.host.undo.push('ring files of the kernel program', null, close);
  const keywordFile = `${name}.keywords`;
  await writeFile(keywordFile, joinLines(order.keywords), { mode: 0o600 });
  const watched = pids.map((pid, i) => `${pid}:${rings[i]!.path}`);
  const sings = o.seesConnections === true || order.functions.includes('read');
  const canary = sings ? await Canary.open() : null;
  const child = new LoaderProcess(`${name}.log`, [
    ...o.args,
    ...['--functions', order.functions.join(','), '--keywords', keywordFile, '--log', `${name}.log`],
    ...[...watched, ...(sings && !pids.includes(process.pid) ? [String(process.pid)] : [])].flatMap((w) => [
      '--watch',
      w,
    ]),
    ...(sings ? ['--canary', String(process.pid)] : []),
  ]);
  order.host.undo.push('hookbench-bpf', { kind: 'process', pid: child.pid, startTicks: startTicks(child.pid) }, () =>
    child.kill(),
  );
  await provenLive(child, { canary, keyword: order.keywords[0]!, signal: o.signal });
  const notes = o.notes(child.form, child.refused);
  return {
    attachMs: performance.now() - startedMs,
    notes,
    holder: child.pid,
    died: () => child.died(),
    async detach() {
      const said = await child.end();
      const findings = pids.map((pid, i) => findingsOf(pid, rings[i]!, said));
      close();
      rmSync(keywordFile, { force: true });
      return findings;
    },
  };
}

function closing(rings: readonly RingFile[]): () => void {
  let open = true;
  return () => {
    if (open) for (const ring of rings) ring.close();
    for (const ring of rings) rmSync(ring.path, { force: true });
    open = false;
  };
}

function findingsOf(pid: number, ring: RingFile, cuts: ReadonlyMap<number, number>): AttachedFindings {
  const { reads, lost } = ring.drain();
  return {
    pid,
    counts: ring.counts(),
    latencies: { kind: 'reads', reads },
    traces: null,
    lost,
    cut: cuts.get(pid) ?? 0,
  };
}

/** Sings until the program has seen the keyword, or, where there is no read to be seen, takes the loader's word. */
async function provenLive(
  child: LoaderProcess,
  { canary, keyword, signal }: { canary: Canary | null; keyword: Uint8Array; signal: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + ATTACH_TIMEOUT_MS;
  try {
    while (!child.live) {
      if (child.ended) throw child.failure('attach-failed', 'the kernel program could not be attached');
      if (signal.aborted) throw new BenchError('cancelled', 'attaching the kernel program was cancelled');
      if (performance.now() > deadline)
        throw child.failure('attach-failed', `the kernel program was not live after ${ATTACH_TIMEOUT_MS / 1000} s`);
      if (child.form !== '') await canary?.sing(keyword);
      await child.anything(SING_EVERY_MS);
    }
  } catch (error) {
    await child.kill();
    throw error;
  } finally {
    canary?.close();
  }
}

/** Twice what is expected, since a request may take more than one read: a power of two. */
function capacityFor(mostReads: number): number {
  return 2 ** Math.min(24, Math.max(14, Math.ceil(Math.log2(2 * mostReads + 1))));
}

function joinLines(words: readonly Uint8Array[]): Buffer {
  const newline = Buffer.from('\n');
  return Buffer.concat(words.flatMap((word) => [word, newline]));
}
