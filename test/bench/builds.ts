/** The libraries that the bench loads: the product's own, the product's with parts of the hook left out, and the reference hook. */

import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildLibrary, compile, freshPath, ROOT } from '../helpers/preload.ts';

export type Level = 'clocks' | 'scan';

export { buildLibrary };

export function buildReference(): string {
  return compile('reference_hook', '-Wshadow', '-shared', '-fPIC', '-ldl');
}

/** The product's library, of which hook.c alone is compiled again, behind a header that takes calls out (levels/). */
export function buildLevel(level: Level): string {
  const build = freshPath(`level-${level}`);
  make(build, []);
  for (const made of ['preload/hook.o', 'libhookbench.so']) rmSync(join(build, made));
  make(build, [`CPPFLAGS=-I preload -include ${join(ROOT, 'test', 'bench', 'levels', `${level}.h`)}`]);
  return join(build, 'libhookbench.so');
}

/** the loader of the kernel program; null when it was not built */
export function bpfLoader(): string | null {
  const path = join(ROOT, 'build', 'hookbench-bpf');
  return existsSync(path) ? path : null;
}

function make(build: string, variables: readonly string[]): void {
  const run = spawnSync('make', ['-s', '-j2', '-C', join(ROOT, 'hooks'), 'preload', `BUILD=${build}`, ...variables], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`the library could not be built: ${run.stderr}`);
}
