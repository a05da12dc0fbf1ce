/** Has the kernel count what BPF programs take, for as long as this lives. Every program of the machine is slower meanwhile (some 20 ns for each
 * of two clocks a run), so never around a timed stretch. */

import { existsSync } from 'node:fs';
import { PATHS } from '../config.ts';
import type { UndoStack } from '../host/undo.ts';
import { spawnChild } from '../process/child.ts';

const READY_TIMEOUT_MS = 5_000;
const END_TIMEOUT_MS = 5_000;

export interface KernelClock {
  /** when it is over the kernel has stopped counting */
  end(): Promise<void>;
}

/** @throws Error why the kernel can't be made to count */
export async function startKernelClock(undo: UndoStack): Promise<KernelClock> {
  if (!existsSync(PATHS.bpfLoader)) throw new Error('build/hookbench-bpf is not there (make -C hooks bpf)');
  const child = spawnChild(PATHS.bpfLoader, ['--stats'], {});
  child.stdin.on('error', () => undefined);
  undo.push('hookbench-bpf (run-time statistics)', null, () => child.kill('SIGKILL'));
  let said = '';
  const ready = new Promise<boolean>((resolve) => {
    child.stdout.on('data', () => resolve(true));
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
    });
    void child.exited.then(() => resolve(false));
    setTimeout(() => resolve(false), READY_TIMEOUT_MS).unref();
  });
  const end = async () => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS);
    await child.exited;
    clearTimeout(timer);
  };
  if (await ready) return { end };
  await end();
  throw new Error(said.trim() || 'hookbench-bpf --stats gave no answer');
}
