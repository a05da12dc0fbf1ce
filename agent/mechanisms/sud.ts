/** The boundary between program and kernel, from inside: hooks/sud, loaded by LD_PRELOAD, has every system call of the program come to it as a signal
 * (syscall user dispatch), whoever in the program makes it. */

import { existsSync } from 'node:fs';
import { BenchError } from '#proto';
import { PATHS } from '../config.ts';
import { type SupportAnswer, supported, unsupported } from '../host/support.ts';
import { ACTIONS, FUNCTIONS, type PlacedMechanism } from './mechanism.ts';
import { tryOut } from './placed-trial.ts';
import { isAsOrdered, placeRing } from './ring-hook.ts';
import { needsGlibc } from './suits.ts';

const NEEDS = 'x86-64, Linux 5.11 or newer, hooks/sud built, a dynamically linked glibc SUT';

export const sud: PlacedMechanism = {
  kind: 'placed',
  id: 'sud',
  layer: 'kernel',
  vantage: 'interposer',
  needs: NEEDS,
  actions: ACTIONS,
  functions: FUNCTIONS,
  byDefault: false,
  probe,
  unsuited: (sut) =>
    sut.linkage === 'static'
      ? `${sut.id} has no dynamic linker, so nothing can be loaded into it that switches the dispatch on`
      : needsGlibc(sut),
  // since Linux 6.11 a uprobe's return is a system call, made from a page of the kernel's: repeated from elsewhere it ends the program by SIGILL
  uncounted: (attached) =>
    /^(uprobe|own:)/.test(attached)
      ? 'a return probe is a system call, which dispatch would take from the kernel'
      : null,
  async place(order, name) {
    const { ring, env } = await placeRing(order, name);
    return {
      env: { ...env, LD_PRELOAD: PATHS.sudLibrary },
      assertLive: (pid) => {
        const header = ring.header();
        if (header.pid === pid && isAsOrdered(header, order)) return;
        throw new BenchError('hook-dead', `syscall user dispatch is not on in process ${pid}`, {
          nextStep: 'check that the program is dynamically linked against glibc (ldd) and not setuid',
          detail: `ring header: attached=${header.attached} pid=${header.pid} functions=${header.functions}`,
        });
      },
      manner: () => 'every system call of the program is a signal; its clock starts in the handler',
      counts: () => ring.counts(),
      drain: () => ring.drain(),
    };
  },
};

async function probe(): Promise<SupportAnswer> {
  if (process.arch !== 'x64') return unsupported(NEEDS, process.arch);
  if (!existsSync(PATHS.sudLibrary))
    return unsupported(NEEDS, 'build/libhookbench-sud.so is not there (make -C hooks sud)');
  const problem = await tryOut(sud);
  return problem === null ? supported(NEEDS, 'a trial program ran with it') : unsupported(NEEDS, problem);
}
