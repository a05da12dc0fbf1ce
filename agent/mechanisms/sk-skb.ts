/** The kernel layer before any read: a verdict program (hooks/bpf/sk_skb.bpf.c) on the SUTs' TCP connections, on each segment that arrives. The one
 * mechanism of the kernel here that can keep data from a program by what is in it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { asBenchError } from '#proto';
import { memoryDir } from '../config.ts';
import { pinningOf } from '../host/cores.ts';
import { type SupportAnswer, supported, unsupported } from '../host/support.ts';
import { UndoStack } from '../host/undo.ts';
import { attachByLoader, BPF_WINDOW_BYTES } from './kernel-loader.ts';
import { loaderProblem } from './kernel-support.ts';
import { ACTIONS, type AttachedMechanism, FUNCTIONS, type HookOrder } from './mechanism.ts';

const NEEDS =
  'root (CAP_SYS_ADMIN), Linux 6.4 or newer, control groups version 2, hookbench-bpf built (clang, libbpf-dev)';
/** before, a connection whose first bytes come before it is accepted stood still once it was in a map of sockets */
const OLDEST = [6, 4] as const;
const TRIAL_TIMEOUT_MS = 30_000;
const SCOPE = `sk-skb counts segments of TCP, not reads: a request that comes in two is two to it, and two in one are one. Its latencies are those of its own copy and scan of the first ${BPF_WINDOW_BYTES} bytes, and hold neither the read nor the detour that the data takes`;
const BLOCKING =
  'sk-skb drops a segment with a keyword before the program can read it, and its loader then ends the connection: the client sees it closed without an answer. No read fails, so the error asked for is not seen';

export const skSkb: AttachedMechanism = {
  kind: 'attached',
  id: 'sk-skb',
  layer: 'kernel',
  vantage: 'kernel',
  needs: NEEDS,
  actions: ACTIONS,
  functions: FUNCTIONS,
  byDefault: false,
  probe,
  unsuited: ({ id }) =>
    id === 'read-loop' ? 'many of its requests come in one segment, and segments are what is seen' : null,
  attach,
};

function attach(order: HookOrder, pids: readonly number[], signal: AbortSignal) {
  const blocks = order.action === 'block';
  return attachByLoader(order, pids, {
    args: ['--form', 'sk_skb', ...(blocks ? ['--block'] : [])],
    signal,
    seesConnections: true,
    notes: () => [SCOPE, ...(blocks ? [BLOCKING] : [])],
  });
}

/** Really attaches, to the canary of this process alone. */
async function probe(): Promise<SupportAnswer> {
  const problem = loaderProblem() ?? kernelProblem();
  if (problem !== null) return unsupported(NEEDS, problem);
  const dir = mkdtempSync(join(memoryDir(), 'hookbench-trial-'));
  const undo = new UndoStack();
  undo.push(`folder ${dir}`, { kind: 'directory', path: dir }, () => rmSync(dir, { recursive: true, force: true }));
  try {
    const order = {
      keywords: [Buffer.from('canary')],
      action: 'observe',
      functions: ['read'],
      dir,
      mostReads: 1,
    } as const;
    const hook = await attach(
      { ...order, host: { pinning: pinningOf(), undo } },
      [process.pid],
      AbortSignal.timeout(TRIAL_TIMEOUT_MS),
    );
    await hook.detach();
    return supported(NEEDS, 'build/hookbench-bpf, a verdict on segments, attached to a connection of this process');
  } catch (error) {
    const { message, detail } = asBenchError(error);
    return unsupported(NEEDS, `${message}: ${detail.trim().split('\n')[0] ?? ''}`);
  } finally {
    await undo.run();
  }
}

function kernelProblem(): string | null {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld
    ? `Linux ${release()}: before 6.4 connections in a map of sockets stand still when data comes before they are accepted`
    : null;
}
