/** What hookbench-bpf needs before it is worth trying. */

import { existsSync } from 'node:fs';
import { PATHS } from '../config.ts';

/** @returns null when the loader is there and this user may use it, else why not */
export function loaderProblem(): string | null {
  if (!existsSync(PATHS.bpfLoader))
    return 'build/hookbench-bpf is not there (make -C hooks bpf; it needs clang, libbpf-dev, libelf-dev and zlib1g-dev)';
  if (process.getuid?.() !== 0) return `uid ${process.getuid?.()} (run as root or with sudo)`;
  return null;
}
