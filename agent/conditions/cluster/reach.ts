/** What a container has in common with the agent: the folder of the rings, and the processors. */

import { statSync } from 'node:fs';
import { parseCpuList } from '../../host/cores.ts';
import { readText } from '../../observe/proc.ts';
import type { Holder } from './marked.ts';

/** @returns why a program in the container can't reach the agent's folder under the same path; null when it can */
export function ringsProblem({ pid, container }: Holder, dir: string): string | null {
  const own = statSync(dir, { bigint: true });
  try {
    const there = statSync(`/proc/${pid}/root${dir}`, { bigint: true });
    if (there.dev === own.dev && there.ino === own.ino) return null;
    return `${dir} in container ${container} is another folder`;
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return `${dir} is not in container ${container} (${code})`;
  }
}

/** whether what runs in the container may be pinned there */
export function corePermitted({ pid }: Holder, core: number | null): boolean {
  const status = readText(`/proc/${pid}/status`) ?? '';
  const cores = parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '');
  return core !== null && cores.includes(core);
}
