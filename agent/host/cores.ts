/** Which cores the two ends of a measurement run on. */

import { readFileSync } from 'node:fs';

export interface Pinning {
  /** logical CPUs this process may use */
  readonly cores: readonly number[];
  /** core of the load generator and of the SUT; null = not pinned */
  readonly load: number | null;
  readonly sut: number | null;
  readonly text: string;
}

/** Two cores or more: one for each end. One core: nothing is pinned, and the results say so. */
export function pinningOf(cores: readonly number[] = allowedCores()): Pinning {
  const [load, sut] = cores;
  if (load === undefined || sut === undefined) {
    return { cores, load: null, sut: null, text: 'one core: load generator and SUT share it, not pinned' };
  }
  return { cores, load, sut, text: `load generator on core ${load}, SUT on core ${sut}` };
}

function allowedCores(): number[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  return parseCpuList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '0');
}

/** "0-3,8" → [0,1,2,3,8] */
export function parseCpuList(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, first, last] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    if (first === undefined) return [];
    const from = Number(first);
    const to = Number(last ?? first);
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  });
}
