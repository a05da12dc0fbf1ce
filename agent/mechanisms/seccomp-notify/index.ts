/** The boundary between program and kernel: a seccomp filter holds the reads, and a supervisor in a process of its own makes them in the program's
 * place (hooks/boundary/notify). Placed by a launcher, before the program is. */

import { existsSync } from 'node:fs';
import { BenchError } from '#proto';
import type { RingHeader } from '../../collect/ring.ts';
import { PATHS } from '../../config.ts';
import { type SupportAnswer, supported, unsupported } from '../../host/support.ts';
import { ACTIONS, FUNCTIONS, type HookOrder, type PlacedMechanism } from '../mechanism.ts';
import { tryOut } from '../placed-trial.ts';
import { isAsOrdered, placeRing } from '../ring-hook.ts';
import { startSupervisor } from './supervisor.ts';

const NEEDS =
  'Linux 5.14 or newer with seccomp user notification, hookbench-notify built; CAP_SYS_PTRACE where SUTs run as another user';

export const seccompNotify: PlacedMechanism = {
  kind: 'placed',
  id: 'seccomp-notify',
  layer: 'kernel',
  vantage: 'interposer',
  needs: NEEDS,
  actions: ACTIONS,
  functions: FUNCTIONS,
  byDefault: false,
  probe,
  uncounted: (attached) =>
    attached.startsWith('uprobe')
      ? null
      : "its reads are made by the supervisor: the kernel sees none of the program's own",
  async place(order, name) {
    const { ring, env } = await placeRing(order, name);
    const supervisor = await startSupervisor(order.host, { env, socket: ring.path.replace(/ring$/, 'calls') });
    return {
      env: { HOOKBENCH_FUNCTIONS: order.functions.join(',') },
      launcher: [PATHS.notifyLauncher, supervisor.socket],
      // its supervisor is out here, and so is the number that it knows the program by
      assertLive: (pid, hostPid = pid) => assertLive(ring.header(), { pid: hostPid, order, said: supervisor.died() }),
      manner: () =>
        'reads for the program in a process of its own; its clock starts when it is told of the call and ends when it has the answer',
      died: () => supervisor.died(),
      counts: () => ring.counts(),
      drain: () => ring.drain(),
    };
  },
};

async function probe(): Promise<SupportAnswer> {
  for (const path of [PATHS.notifySupervisor, PATHS.notifyLauncher])
    if (!existsSync(path)) return unsupported(NEEDS, `${path} is not there (make -C hooks boundary)`);
  const problem = await tryOut(seccompNotify);
  return problem === null
    ? supported(NEEDS, 'a held call of a trial program was answered')
    : unsupported(NEEDS, problem);
}

function assertLive(header: RingHeader, o: { pid: number; order: HookOrder; said: string | null }): void {
  const { order, pid } = o;
  if (o.said === null && header.pid === pid && isAsOrdered(header, order)) return;
  throw new BenchError('hook-dead', `the seccomp supervisor does not hold the calls of process ${pid}`, {
    nextStep: 'run hookbench doctor, which tries it out',
    detail: o.said ?? `ring header: attached=${header.attached} pid=${header.pid} functions=${header.functions}`,
  });
}
