/** Builds hooks of one's own: the example that a vendor starts from, and one that knows nothing of hookbench. */

import { execaSync } from 'execa';
import { ROOT } from './preload.ts';

const FLAGS = [
  '-std=gnu11',
  '-O2',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wshadow',
  '-Wstrict-prototypes',
  '-shared',
  '-fPIC',
];
/** a script for bpftrace that counts reads of the first four processes it is given */
export const ownScript = `${ROOT}/test/fixtures/own_script.bt`;

const SOURCES = { example: 'hooks/own/example.c', silent: 'test/fixtures/own_silent.c' } as const;

export function buildOwn(what: keyof typeof SOURCES, out: string): void {
  execaSync('cc', [...FLAGS, '-o', out, `${ROOT}/${SOURCES[what]}`, '-ldl']);
}
