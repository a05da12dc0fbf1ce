/** The kernel layer by uprobes on libc's `read`, in two forms: at the symbol, as everyone does, and at instructions that the kernel emulates. */

import { type SupportAnswer, supported, unsupported } from '../../host/support.ts';
import { runCommand } from '../../process/child.ts';
import { attachByLoader } from '../kernel-loader.ts';
import { loaderProblem } from '../kernel-support.ts';
import type { AttachedMechanism } from '../mechanism.ts';
import { needsDynamicLinking, needsGlibc, needsStandingProcess } from '../suits.ts';
import { type UprobeForm, uprobeSites } from './sites.ts';

const NEEDS = 'root, hookbench-bpf built (clang, libbpf-dev), objdump (binutils), a dynamically linked glibc SUT';

export const uprobeSymbol = mechanism('uprobe:symbol', 'symbol');
export const uprobe = mechanism('uprobe', 'emulated');

function mechanism(id: string, form: UprobeForm): AttachedMechanism {
  return {
    kind: 'attached',
    id,
    layer: 'kernel',
    vantage: 'kernel',
    needs: NEEDS,
    actions: ['observe', 'trace'],
    functions: ['read'],
    byDefault: false,
    unsuited: (sut) => needsDynamicLinking(sut) ?? needsGlibc(sut) ?? needsStandingProcess(sut),
    limits: async () => [
      {
        action: 'block',
        why: 'a uprobe sees a read when the bytes are in the program already, and can not make it fail',
      },
    ],
    probe: () => probe(form),
    async attach(order, pids, signal) {
      const { args, notes } = await uprobeSites([...new Set([...pids, process.pid])], form);
      return attachByLoader(order, pids, { args: ['--form', 'uprobe', ...args], signal, notes: () => notes });
    },
  };
}

async function probe(form: UprobeForm): Promise<SupportAnswer> {
  const problem = loaderProblem();
  if (problem !== null) return unsupported(NEEDS, problem);
  if (form === 'emulated' && process.arch !== 'x64')
    return unsupported(NEEDS, `${process.arch}: which instructions are emulated is known for x86-64 only`);
  const { exitCode } = await runCommand('objdump', ['--version']);
  if (exitCode !== 0) return unsupported(NEEDS, 'no objdump on the PATH (apt-get install binutils)');
  try {
    const { notes } = await uprobeSites([process.pid], form);
    return supported(NEEDS, notes[0] ?? '');
  } catch (error) {
    return unsupported(NEEDS, error instanceof Error ? error.message : String(error));
  }
}
