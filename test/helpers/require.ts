/** Capabilities a test needs. Where HOOKBENCH_REQUIRE names one, its absence is a failure, not a skip. */

import { existsSync } from 'node:fs';
import { execaSync } from 'execa';
import { canRun } from '../kube/able.ts';

/** of Debian's package faketime */
export const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

const PROBES = {
  root: () => process.getuid?.() === 0,
  netns: () => process.getuid?.() === 0 && runs('ip', '-V') && runs('tc', '-V'),
  'time-namespaces': () => process.getuid?.() === 0 && runs('unshare', '--time', '--monotonic', '1', 'true'),
  faketime: () => existsSync(FAKETIME),
  ebpf: () =>
    process.getuid?.() === 0 &&
    runs('bpftrace', '--version') &&
    existsSync('/sys/kernel/tracing/events/syscalls/sys_enter_read'),
  'bpf-build': () => runs('clang', '--version') && existsSync('/usr/include/bpf/libbpf.h'),
  musl: () => runs('musl-gcc', '--version'),
  java: () => runs('javac', '-version'),
  chromium: () => existsSync('/usr/bin/chromium'),
  docker: () => runs('docker', 'info'),
  debootstrap: () => process.getuid?.() === 0 && runs('debootstrap', '--version'),
  kubernetes: () => canRun(),
  kubectl: () => runs('kubectl', 'kustomize', '--help'),
} as const;

export type Need = keyof typeof PROBES;

/** @returns whether all are there; says which is not. @throws Error when a missing one is required here */
export function needs(...wanted: readonly Need[]): boolean {
  const required = (process.env.HOOKBENCH_REQUIRE ?? '').split(',');
  const missing = wanted.filter((need) => !PROBES[need]());
  const broken = missing.filter((need) => required.includes(need));
  if (broken.length > 0) throw new Error(`required here but missing: ${broken.join(', ')}`);
  if (missing.length > 0) process.stdout.write(`SKIP: needs ${missing.join(', ')}\n`);
  return missing.length === 0;
}

function runs(file: string, ...args: readonly string[]): boolean {
  return execaSync(file, args, { reject: false }).exitCode === 0;
}
