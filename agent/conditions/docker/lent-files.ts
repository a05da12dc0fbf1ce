/** What of this machine a container gets to see, read-only: the system's programs and libraries, this installation, and where the program is
 * from. So it runs the very same files as in the condition `process`, and the condition is all that differs. */

import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { PATHS } from '../../config.ts';

const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** of /etc only what programs need to start; Docker has its own for names and addresses */
const SETTINGS = [
  'alternatives',
  'group',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'nsswitch.conf',
  'passwd',
  'ssl',
];
const OF_JAVA = /^java/;

/** @param file program, with or without a folder @param env with which it is started: a preloaded library may lie anywhere
 * @returns absolute paths that exist; none is within another */
export function lentFiles(file: string, env: Readonly<Record<string, string>>): string[] {
  const settings = readdirSync('/etc').filter((name) => SETTINGS.includes(name) || OF_JAVA.test(name));
  const preloaded = (env.LD_PRELOAD ?? '').split(/[: ]/).filter((path) => path.startsWith('/'));
  const wanted = [
    ...SYSTEM,
    ...settings.map((name) => join('/etc', name)),
    dirname(PATHS.buildDir),
    ...originsOf(file),
    ...preloaded,
  ];
  return outermost(wanted.filter((path) => existsSync(path)));
}

/** what a program's folder lies in, e.g. a JDK's or Node's own, with its libraries; both where it is called and where links lead to */
function originsOf(file: string): string[] {
  const path = file.includes('/') ? file : located(file);
  if (path === null || !existsSync(path)) return [];
  return [path, realpathSync(path)].map((one) => dirname(dirname(one))).filter((folder) => folder !== '/');
}

/** a command without a folder is the first of its name on the PATH */
function located(name: string): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(existsSync) ?? null;
}

function outermost(paths: readonly string[]): string[] {
  const all = [...new Set(paths)].sort();
  return all.filter((path) => !all.some((other) => other !== path && path.startsWith(`${other}/`)));
}
