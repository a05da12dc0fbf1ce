/** Which processes are the study's own: the agent with all it started, both ends, and whoever started the agent for this study. */

import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { PATHS } from '../config.ts';
import { descendants, type ProcessStat, readText } from './proc.ts';

/** @param ends load generator and SUTs, which a container runtime may have started
 * @returns pids of all of them, whatever lives now */
export function ownProcesses(among: readonly ProcessStat[], ends: readonly number[]): Set<number> {
  const starter = process.ppid;
  const roots = [process.pid, ...ends, ...(isOfThisInstallation(starter) ? [starter] : [])];
  return descendants(roots, among);
}

/** `hookbench run` starts the controller and the agent, and is told by the program that it runs. */
function isOfThisInstallation(pid: number): boolean {
  const words = (readText(`/proc/${pid}/cmdline`) ?? '').split('\0').slice(1);
  return words.some((word) => word.startsWith('/') && isWithin(word, dirname(PATHS.buildDir)));
}

function isWithin(path: string, root: string): boolean {
  try {
    return `${realpathSync(path)}`.startsWith(`${realpathSync(root)}/`) && !path.includes('/node_modules/tsx/');
  } catch {
    return false;
  }
}
