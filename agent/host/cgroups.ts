/** The cgroups of a process, of version 1 and 2, and what their files say of limits that were met. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Cgroups {
  /** folders whose cpu.stat tells of throttling: the process's own and those above it */
  readonly cpu: readonly string[];
  /** its own folder for memory, null when it can't be found */
  readonly memory: string | null;
  /** its own folder of version 2, for pressure; null when it can't be found */
  readonly unified: string | null;
}

/** @returns folders as this process sees them; nothing where they lie outside what is mounted here */
export function cgroupsOf(pid: number | 'self'): Cgroups {
  const mounts = mountsOf(read('/proc/self/mountinfo') ?? '');
  const lines = (read(`/proc/${pid}/cgroup`) ?? '').split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const pathOf = (controller: string) =>
    lines.find((match) => match !== null && (match[1] ?? '').split(',').includes(controller))?.[2] ?? null;
  const folder = (controller: string) => folderOf(mounts.get(controller), pathOf(controller));
  const unified = folderOf(mounts.get(''), pathOf(''));
  const cpu = folder('cpu');
  const cpuMount = cpu === null ? mounts.get('') : mounts.get('cpu');
  return {
    cpu: upwards(cpu ?? unified, cpuMount?.at ?? '').filter((dir) => throttledMs(dir) !== null),
    memory: [folder('memory'), unified].find((dir) => dir !== null && memoryEvents(dir) !== null) ?? null,
    unified,
  };
}

/** time for which a cgroup was held back by its CPU limit since it was made, ms; null where the file does not say */
export function throttledMs(dir: string): number | null {
  const text = read(join(dir, 'cpu.stat')) ?? '';
  const us = /^throttled_usec (\d+)/m.exec(text)?.[1];
  const ns = /^throttled_time (\d+)/m.exec(text)?.[1];
  if (us !== undefined) return Number(us) / 1e3;
  return ns === undefined ? null : Number(ns) / 1e6;
}

/** how often its memory limit was met since it was made: high, max and oom events, or version 1's failcnt */
export function memoryEvents(dir: string): number | null {
  const text = read(join(dir, 'memory.events'));
  if (text !== null)
    return [...text.matchAll(/^(?:high|max|oom) (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  const failures = read(join(dir, 'memory.failcnt'));
  return failures === null ? null : Number(failures);
}

interface Mount {
  readonly at: string;
  /** the part of the hierarchy that is mounted there */
  readonly root: string;
}

/** controller → where its hierarchy is mounted; '' is version 2 */
function mountsOf(mountinfo: string): Map<string, Mount> {
  const found = new Map<string, Mount>();
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root = '', at = ''] = before.split(' ');
    const [kind, , options = ''] = after.split(' ');
    if (kind === 'cgroup2') found.set('', { at, root });
    if (kind === 'cgroup') for (const controller of options.split(',')) found.set(controller, { at, root });
  }
  return found;
}

function folderOf(mount: Mount | undefined, path: string | null): string | null {
  if (mount === undefined || path === null || path.startsWith('/..')) return null;
  const root = mount.root === '/' ? '' : mount.root;
  if (path !== root && !path.startsWith(`${root}/`)) return null;
  const dir = join(mount.at, path.slice(root.length));
  return existsSync(dir) ? dir : null;
}

function upwards(dir: string | null, top: string): string[] {
  if (dir === null || !dir.startsWith(top)) return [];
  return dir === top ? [dir] : [dir, ...upwards(dirname(dir), top)];
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
