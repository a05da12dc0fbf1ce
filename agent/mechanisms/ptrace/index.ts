/** The boundary between program and kernel, from another process: every system call of the SUT stops twice for a tracer (hooks/boundary/trace). */

import { existsSync, readFileSync } from 'node:fs';
import { PATHS } from '../../config.ts';
import { type SupportAnswer, supported, unsupported } from '../../host/support.ts';
import { runCommand } from '../../process/child.ts';
import { hasCapability } from '../../security/capabilities.ts';
import { ACTIONS, type AttachedMechanism, FUNCTIONS } from '../mechanism.ts';
import { attachTracer } from './tracer.ts';

const NEEDS =
  'Linux 5.3 or newer, hookbench-trace built; CAP_SYS_PTRACE where SUTs run as another user or Yama asks for it';
const SCOPE = '/proc/sys/kernel/yama/ptrace_scope';

export const ptrace: AttachedMechanism = {
  kind: 'attached',
  id: 'ptrace',
  layer: 'kernel',
  vantage: 'kernel',
  needs: NEEDS,
  actions: ACTIONS,
  functions: FUNCTIONS,
  byDefault: false,
  probe,
  attach: attachTracer,
};

async function probe(): Promise<SupportAnswer> {
  if (!existsSync(PATHS.tracer))
    return unsupported(NEEDS, 'build/hookbench-trace is not there (make -C hooks boundary)');
  const problem = yamaProblem(readScope(), hasCapability('CAP_SYS_PTRACE'));
  if (problem !== null) return unsupported(NEEDS, problem);
  const { exitCode, stderr } = await runCommand(PATHS.tracer, ['--try']);
  return exitCode === 0 ? supported(NEEDS, 'a trial program was traced') : unsupported(NEEDS, stderr.trim());
}

function readScope(): string {
  try {
    return readFileSync(SCOPE, 'utf8').trim();
  } catch {
    return '0'; // no Yama in this kernel
  }
}

/** @param scope what Yama says: 0 as ever, 1 children only, 2 with the capability only, 3 nobody
 * @returns why SUTs, which are no children of the tracer, can't be traced; null when they can */
export function yamaProblem(scope: string, privileged: boolean): string | null {
  if (scope === '3') return `${SCOPE} is 3: nobody may trace, until the next boot`;
  if (scope === '0' || privileged) return null;
  return `${SCOPE} is ${scope} and this process has no CAP_SYS_PTRACE`;
}
