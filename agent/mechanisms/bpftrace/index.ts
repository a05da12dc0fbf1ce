/** The kernel layer by bpftrace: a generated script on the syscall tracepoints, driven on a terminal of its own. */

import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { bpftraceVersion } from '../../host/facts.ts';
import { type SupportAnswer, supported, unsupported } from '../../host/support.ts';
import { ptyProblem } from '../../process/pty.ts';
import type { AttachedMechanism } from '../mechanism.ts';
import { needsStandingProcess } from '../suits.ts';
import { attachBpftrace } from './attach.ts';
import { attachProblem } from './trial.ts';

const NEEDS = 'root, bpftrace 0.17 or newer, tracefs, syscall tracepoints, node-pty';
const OLDEST = [0, 17] as const;
/** versions whose compilers' output is known to load, and the kernels whose verifiers took it */
const TRIED = { versions: ['0.17', '0.23', '0.27'], kernels: ['6.1.', '6.18.'] };

export const bpftrace: AttachedMechanism = {
  kind: 'attached',
  id: 'bpftrace',
  layer: 'kernel',
  vantage: 'kernel',
  needs: NEEDS,
  actions: ['observe', 'trace'],
  functions: ['read'],
  byDefault: true,
  unsuited: needsStandingProcess,
  probe,
  attach: attachBpftrace,
  limits: async () => [
    {
      action: 'block',
      why: 'bpftrace sees a read after it has happened: the bytes are in the program and the call can not be made to fail',
    },
  ],
};

async function probe(): Promise<SupportAnswer> {
  const version = await bpftraceVersion();
  if (version === 'absent') return unsupported(NEEDS, 'no bpftrace on the PATH (apt-get install bpftrace)');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) return unsupported(NEEDS, `bpftrace ${version}`);
  if (process.getuid?.() !== 0) return unsupported(NEEDS, `uid ${process.getuid?.()} (run as root or with sudo)`);
  const tracing = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'].find((dir) =>
    existsSync(`${dir}/events/syscalls/sys_enter_read`),
  );
  if (tracing === undefined) {
    return unsupported(
      NEEDS,
      'no syscall tracepoints under /sys/kernel/tracing (mount -t tracefs tracefs /sys/kernel/tracing)',
    );
  }
  const problem = await ptyProblem();
  if (problem !== null)
    return unsupported(
      NEEDS,
      `node-pty can't be loaded (${problem}); npm rebuild node-pty needs g++, make and python3`,
    );
  // other versions bring other compilers, other kernels other verifiers: they are tried for real
  const kernel = release();
  const tried =
    TRIED.versions.includes(`${major}.${minor}`) && TRIED.kernels.some((series) => kernel.startsWith(series));
  const refusal = tried ? null : await attachProblem();
  if (refusal !== null)
    return unsupported(NEEDS, `bpftrace ${version}, which can't load the keyword scan on Linux ${kernel} (${refusal})`);
  return supported(NEEDS, `bpftrace ${version}, tracepoints in ${tracing}`);
}
