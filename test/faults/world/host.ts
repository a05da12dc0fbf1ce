/** Commands of the host that a fault needs. */

import { execaSync } from 'execa';

/** @throws Error with what the command said */
export function command(file: string, ...args: readonly string[]): string {
  const { exitCode, stderr, stdout } = execaSync(file, args, { reject: false });
  if (exitCode === 0) return stdout;
  throw new Error(`${file} ${args.join(' ')}: ${stderr || `exit code ${exitCode}`}`);
}

export function succeeds(file: string, ...args: readonly string[]): boolean {
  return execaSync(file, args, { reject: false }).exitCode === 0;
}
