/** The kernel layer by our own program (hooks/bpf), attached in the cheapest form that this kernel takes. */

import { PATHS } from '../../config.ts';
import { type SupportAnswer, supported, unsupported } from '../../host/support.ts';
import { runCommand } from '../../process/child.ts';
import { attachByLoader, BPF_WINDOW_BYTES } from '../kernel-loader.ts';
import { loaderProblem } from '../kernel-support.ts';
import type { AttachedMechanism } from '../mechanism.ts';
import { needsStandingProcess } from '../suits.ts';
import { blockLimit } from './limits.ts';

const NEEDS =
  'root (CAP_BPF, CAP_PERFMON, CAP_SYS_RESOURCE), Linux 5.15 or newer, hookbench-bpf built (clang, libbpf-dev)';

export const bpf: AttachedMechanism = {
  kind: 'attached',
  id: 'bpf',
  layer: 'kernel',
  vantage: 'kernel',
  needs: NEEDS,
  actions: ['observe', 'trace'],
  functions: ['read', 'recv', 'recvfrom', 'readv', 'recvmsg'],
  byDefault: false,
  unsuited: needsStandingProcess,
  limits: blockLimit,
  probe,
  attach: (order, pids, signal) =>
    attachByLoader(order, pids, {
      args: ['--form', 'auto'],
      signal,
      notes: (form, refused) => [
        `bpf is attached as ${form}${refused.length > 0 ? ` (refused here: ${refused.join('; ')})` : ''} and scans the first ${BPF_WINDOW_BYTES} bytes of each read`,
      ],
    }),
};

async function probe(): Promise<SupportAnswer> {
  const problem = loaderProblem();
  if (problem !== null) return unsupported(NEEDS, problem);
  const tried = await tryForms();
  return tried.form === null
    ? unsupported(NEEDS, tried.said)
    : supported(NEEDS, `build/hookbench-bpf, form ${tried.form}`);
}

/** Really attaches, to this process alone, and ends at once: standard input is empty. */
async function tryForms(): Promise<{ form: string | null; said: string }> {
  const args = ['--keywords', PATHS.keywords, '--watch', String(process.pid)];
  const { exitCode, stdout, stderr } = await runCommand(PATHS.bpfLoader, args, { timeoutMs: 60_000 });
  const form = /^form (\w+)$/m.exec(stdout)?.[1] ?? null;
  return { form: exitCode === 0 ? form : null, said: `${stdout}${stderr}`.trim().split('\n').join('; ') };
}
