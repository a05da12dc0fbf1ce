/** Builds hooks of one's own: the example that a vendor starts from, and one that knows nothing of hookbench. */

import { realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Those of other kinds, which know nothing of hookbench either. @returns `out` */
export function buildOwnObject(out: string): string {
  const headers = execaSync('cc', ['-print-multiarch']).stdout;
  const flags = ['-O2', '-g', '-Wall', '-Wextra', '-Werror', '-target', 'bpf', `-I/usr/include/${headers}`];
  execaSync('clang', [...flags, '-c', '-o', out, `${ROOT}/test/fixtures/own_object.bpf.c`]);
  return out;
}

export function buildOwnJvmti(out: string): string {
  const home = dirname(dirname(realpathSync(execaSync('sh', ['-c', 'command -v javac']).stdout)));
  const headers = [`-isystem${home}/include`, `-isystem${home}/include/linux`];
  execaSync('cc', [...FLAGS, ...headers, '-o', out, `${ROOT}/test/fixtures/own_jvmti.c`]);
  return out;
}

/** @param work a folder for the classes */
export function buildOwnJar(out: string, work: string): string {
  execaSync('javac', ['-d', work, `${ROOT}/test/fixtures/OwnAgent.java`]);
  writeFileSync(join(work, 'manifest'), 'Premain-Class: OwnAgent\n');
  execaSync('jar', ['cfm', out, join(work, 'manifest'), '-C', work, 'OwnAgent.class']);
  return out;
}
