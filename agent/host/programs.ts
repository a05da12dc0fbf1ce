/** Where the distribution's programs are. */

import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../process/child.ts';
import { type SupportAnswer, supported, unsupported } from './support.ts';

/** before what the PATH says: versions that somebody manages for themselves may not be another user's to run */
const DISTRIBUTION = ['/usr/bin', '/usr/sbin'];

/** @returns the program's path, null where there is none */
export function programPath(name: string, folders: readonly string[] = DISTRIBUTION): string | null {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...folders, ...path].map((folder) => join(folder, name)).find(isProgram) ?? null;
}

/** @returns a program as a process of this one would find it: one without a folder is the first of its name on the PATH. null: not there */
export function locatedProgram(file: string): string | null {
  if (file.includes('/')) return existsSync(file) ? file : null;
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, file)).find(existsSync) ?? null;
}

/** @param name of the program, which the package `apt` of the distribution has */
export async function programSupport(
  name: string,
  o: { apt: string; needs: string; version: readonly string[]; folders?: readonly string[] },
): Promise<SupportAnswer> {
  const path = programPath(name, o.folders);
  if (path === null) return unsupported(o.needs, `no ${name} (apt-get install ${o.apt})`);
  const { exitCode, stdout, stderr } = await runCommand(path, o.version);
  if (exitCode !== 0) return unsupported(o.needs, `${path} ends with exit code ${exitCode}`);
  return supported(o.needs, `${path}, ${`${stdout}${stderr}`.trim().split('\n')[0]?.slice(0, 80)}`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
