/** The folder with hooks of somebody else's. What lies in it is run in SUTs, so who may write it decides what runs: root and the agent's user. */

import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { BenchError } from '#proto';

/** a name that fits the command line, budgets and LD_PRELOAD, which is split at blanks and colons */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/;
const SAFE_PATH = /^[A-Za-z0-9._+@/-]+$/;
const MOST_HOOKS = 64;
const MOST_BYTES = 256 * 2 ** 20;
/** What a file is, by the end of its name; the first that fits. */
const KINDS = {
  '.jvmti.so': 'jvmti',
  '.so': 'preload',
  '.jar': 'java-agent',
  '.bpf.o': 'object',
  '.bt': 'script',
} as const;
type Suffix = keyof typeof KINDS;
export type HookKind = (typeof KINDS)[Suffix];
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

export interface FoundHook {
  readonly kind: HookKind;
  readonly name: string;
  /** name and ending */
  readonly file: string;
  /** without links */
  readonly path: string;
  readonly sha256: string;
  /** why it is not used; '' when it is */
  readonly refused: string;
}

/** @returns every file with an ending that we know, also those that are not used, with the reason
 * @throws BenchError usage when the folder itself can't be trusted, or two files have one name */
export function foundHooks(dir: string): FoundHook[] {
  const folder = trustedFolder(dir);
  const hooks = readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const suffix = (Object.keys(KINDS) as Suffix[]).find((end) => file.endsWith(end));
      return suffix === undefined ? [] : [foundHook(folder, file, suffix)];
    });
  if (hooks.length > MOST_HOOKS) refuse(folder, `it holds ${hooks.length} hooks; at most ${MOST_HOOKS} are taken`);
  for (const { name, file } of hooks.filter(({ path }) => path !== '')) {
    const other = hooks.find((one) => one.name === name && one.file !== file && one.path !== '');
    if (other !== undefined) refuse(folder, `${file} and ${other.file} would both be own:${name}`);
  }
  return hooks;
}

function foundHook(folder: string, file: string, suffix: Suffix): FoundHook {
  const kind = KINDS[suffix];
  const name = file.slice(0, -suffix.length);
  if (!NAME.test(name))
    return { kind, file, ...nameless(name), refused: 'its name has other than letters, digits and . _ -' };
  try {
    return { kind, name, file, ...trustedFile(folder, file), refused: '' };
  } catch (error) {
    return { kind, name, file, path: join(folder, file), sha256: '', refused: (error as Error).message };
  }
}

/** The same checks once more. @throws BenchError hook-changed when it is not the file that was found */
export function assertUnchanged({ name, path, sha256 }: FoundHook): void {
  const now = trustedFile(dirname(path), path.slice(dirname(path).length + 1));
  if (now.sha256 === sha256) return;
  throw new BenchError('usage', `hook own:${name} is another file than when this agent started: sha256 ${now.sha256}`, {
    nextStep: 'start the agent again, so that results name the file that was measured',
    detail: `then it was ${sha256}`,
  });
}

function trustedFolder(dir: string): string {
  let folder: string;
  try {
    folder = realpathSync(dir);
  } catch (cause) {
    throw new BenchError('usage', `--hooks-dir ${dir} can't be used: ${(cause as Error).message}`, { cause });
  }
  if (!statSync(folder).isDirectory()) refuse(folder, 'it is no folder');
  if (!SAFE_PATH.test(folder))
    refuse(folder, 'its path has blanks or odd characters, which neither LD_PRELOAD nor JAVA_TOOL_OPTIONS takes');
  for (let at = folder; ; at = dirname(at)) {
    const problem = writableProblem(statSync(at), at === folder);
    if (problem !== null) refuse(folder, at === folder ? problem : `${at} above it: ${problem}`);
    if (at === dirname(at)) return folder;
  }
}

/** @returns null where only root and this user can change what is there; a folder above may be sticky, as /tmp is */
function writableProblem(stat: Stats, isStrict: boolean): string | null {
  const trusted = [0, process.geteuid?.() ?? 0];
  if (!trusted.includes(stat.uid)) return `it belongs to uid ${stat.uid}`;
  if ((stat.mode & WRITABLE_BY_OTHERS) === 0 || (!isStrict && (stat.mode & STICKY) !== 0)) return null;
  return `others can write to it (mode ${(stat.mode & 0o7777).toString(8)})`;
}

/** @throws Error with the reason */
function trustedFile(folder: string, file: string): { path: string; sha256: string } {
  const path = realpathSync(join(folder, file));
  if (!path.startsWith(folder + sep)) throw new Error(`it is a link out of the folder, to ${path}`);
  if (!SAFE_PATH.test(path))
    throw new Error('its path has odd characters, which neither LD_PRELOAD nor JAVA_TOOL_OPTIONS takes');
  // opening a named pipe would wait for its writer
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new Error('it is no regular file');
    if (stat.size > MOST_BYTES) throw new Error(`it has ${stat.size} bytes, more than ${MOST_BYTES}`);
    const problem = writableProblem(stat, true);
    if (problem !== null) throw new Error(problem);
    return { path, sha256: sha256Of(fd) };
  } finally {
    closeSync(fd);
  }
}

function sha256Of(fd: number): string {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(2 ** 16);
  for (let got = readSync(fd, piece); got > 0; got = readSync(fd, piece)) hash.update(piece.subarray(0, got));
  return hash.digest('hex');
}

function nameless(name: string): { name: string; path: string; sha256: string } {
  return { name: name.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 61), path: '', sha256: '' };
}

function refuse(folder: string, why: string): never {
  throw new BenchError('usage', `--hooks-dir ${folder} can't be used: ${why}`, {
    nextStep: 'give a folder that belongs to root or the agent’s user and that nobody else can write to (chmod go-w)',
  });
}
