/** The words that start a SUT on this machine: its environment, given to itself alone, and its core. */

import type { Pinning } from '../host/cores.ts';

/** @returns the program and its words; each execs the next, so the pid is the SUT's own */
export function sutCommand(
  { sut }: Pinning,
  o: { file: string; args: readonly string[]; env: Readonly<Record<string, string>> },
): readonly [string, ...string[]] {
  const variables = Object.entries(o.env).map(([name, value]) => `${name}=${value}`);
  const command = ['env', ...variables, o.file, ...o.args] as const;
  return sut === null ? command : ['taskset', '-c', String(sut), ...command];
}
