/** A compiled BPF object: NAME.bpf.o. Our loader loads it and attaches each program where its section says; libbpf knows how. */

import { join } from 'node:path';
import { BenchError } from '#proto';
import { PATHS } from '../../config.ts';
import { startTicks } from '../../host/undo.ts';
import { runCommand } from '../../process/child.ts';
import { loaderProblem } from '../kernel-support.ts';
import { LoaderProcess } from '../loader-process.ts';
import type { AttachedMechanism, HookOrder } from '../mechanism.ts';
import { attachedHook, type OutsideHook } from './attached.ts';
import type { FoundHook } from './folder.ts';

const NEEDS =
  'root, hookbench-bpf built (clang, libbpf-dev), an object that this kernel loads, in a folder that only root or the agent can write to';
const ATTACH_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 5;

export async function objectHook(found: FoundHook): Promise<AttachedMechanism> {
  return attachedHook(found, {
    needs: NEEDS,
    problem: found.refused === '' ? (loaderProblem() ?? (await objectProblem(found.path))) : found.refused,
    attach: (order, pids, signal) => attachObject(found, pids, { order, signal }),
  });
}

/** Really attaches it and ends at once: standard input is empty. @returns why that can't be; null when it can */
async function objectProblem(path: string): Promise<string | null> {
  const { exitCode, stderr } = await runCommand(PATHS.bpfLoader, ['--object', path, String(process.pid)], {
    timeoutMs: ATTACH_TIMEOUT_MS,
  });
  return exitCode === 0 ? null : stderr.trim().split('\n').slice(-3).join('; ').slice(-400);
}

async function attachObject(
  { name, path }: FoundHook,
  pids: readonly number[],
  { order, signal }: { order: Pick<HookOrder, 'dir' | 'host'>; signal: AbortSignal },
): Promise<OutsideHook> {
  const child = new LoaderProcess(join(order.dir, 'object.log'), ['--object', path, ...pids.map(String)]);
  order.host.undo.push(`own:${name}`, { kind: 'process', pid: child.pid, startTicks: startTicks(child.pid) }, () =>
    child.kill(),
  );
  const deadline = performance.now() + ATTACH_TIMEOUT_MS;
  while (!child.live) {
    let problem: BenchError | null = null;
    if (child.ended) problem = child.failure('attach-failed', `own:${name} could not be attached`);
    else if (signal.aborted) problem = new BenchError('cancelled', `attaching own:${name} was cancelled`);
    else if (performance.now() > deadline)
      problem = child.failure('attach-failed', `own:${name} was not attached in time`);
    if (problem !== null) {
      await child.kill();
      throw problem;
    }
    await child.anything(LOOK_EVERY_MS);
  }
  return {
    died: () => child.died(),
    async end() {
      await child.end();
    },
  };
}
