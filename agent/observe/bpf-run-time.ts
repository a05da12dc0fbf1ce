/** What the kernel counts of a process's BPF programs: nothing, unless somebody has it count (kernel-clock.ts). */

import { readdirSync, readFileSync } from 'node:fs';

/** of all programs together, since each was loaded or counting began */
export interface RunTime {
  readonly ns: number;
  readonly runs: number;
}

/** @param pid a process that holds its programs by descriptors
 * @throws Error when its descriptors can't be read, or none is a program */
export function runTimeOf(pid: number): RunTime {
  const dir = `/proc/${pid}/fdinfo`;
  const programs = new Map<string, RunTime>();
  for (const fd of readdirSync(dir)) {
    const info = textOf(`${dir}/${fd}`);
    const id = field(info, 'prog_id');
    const ns = field(info, 'run_time_ns');
    const runs = field(info, 'run_cnt');
    // a link names its program too, without its times; a program may have several descriptors
    if (id !== null && ns !== null && runs !== null) programs.set(id, { ns: Number(ns), runs: Number(runs) });
  }
  if (programs.size === 0) throw new Error(`process ${pid} holds no BPF program`);
  return [...programs.values()].reduce((sum, one) => ({ ns: sum.ns + one.ns, runs: sum.runs + one.runs }));
}

/** a descriptor may be closed while we look */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function field(info: string, name: string): string | null {
  return new RegExp(`^${name}:\\s*(\\d+)$`, 'm').exec(info)?.[1] ?? null;
}
