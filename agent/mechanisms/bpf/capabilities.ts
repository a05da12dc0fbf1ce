/** What blocking from within the kernel would be possible here: found by loading (and, where that alone proves little, attaching) a tiny
 * program for each way. Capabilities only: `bpf` itself observes and traces. */

import { PATHS } from '../../config.ts';
import { runCommand } from '../../process/child.ts';
import { loaderProblem } from '../kernel-support.ts';

/** id → what it could do, for doctor */
export const KERNEL_CAPABILITIES = {
  send_signal: 'bpf_send_signal: signal the process after the read',
  sk_skb_verdict: 'sk_skb verdict: drop data at the socket by content, before any read (TCP)',
  override_return: 'bpf_override_return: fail a call before it runs',
  lsm: 'LSM program: fail a later call',
  fmod_ret: 'fmod_ret program: fail a later call',
} as const;

export interface KernelCapability {
  readonly id: keyof typeof KERNEL_CAPABILITIES;
  readonly support: 'supported' | 'refused';
  /** the kernel's words, or why nothing could be tried */
  readonly found: string;
}

/** Asks the kernel; takes well below a second. Never throws. */
export async function kernelCapabilities(): Promise<readonly KernelCapability[]> {
  const problem = loaderProblem();
  const answers = problem === null ? await ask() : new Map<string, string>();
  return (Object.keys(KERNEL_CAPABILITIES) as (keyof typeof KERNEL_CAPABILITIES)[]).map((id) => {
    const answer = answers.get(id);
    if (answer === 'supported')
      return { id, support: 'supported', found: id === 'sk_skb_verdict' ? 'loaded' : 'loaded and attached' };
    return { id, support: 'refused', found: answer ?? problem ?? 'hookbench-bpf gave no answer' };
  });
}

async function ask(): Promise<Map<string, string>> {
  const { stdout } = await runCommand(PATHS.bpfLoader, ['--capabilities'], { timeoutMs: 60_000 });
  const lines = stdout.split('\n').map((line) => /^(\w+) (supported|refused)(?: (.*))?$/.exec(line));
  return new Map(lines.filter((match) => match !== null).map(([, id, support, words]) => [id!, words ?? support!]));
}
