/** The folders of a container's cgroup, one in every hierarchy: a program that writes its pid there is under the container's limits. */

import { join } from 'node:path';
import { listDir, readText } from '../../observe/proc.ts';

/** a kubelet's cgroups lie at most so deep below the root: node, kubelet, pods, class, pod, container */
const DEEPEST = 7;
/** what can hold no pods, and much else */
const NO_PODS = /\.(?:service|socket|mount|timer|swap)$|^(?:system|user|init)\.(?:slice|scope)$/;

/** @param o.pid of a process in the container @param o.mountinfo of this process @param o.cgroup of that process
 * @returns folders as they are reached here; fewer than its hierarchies where some are not mounted as a whole */
export function cgroupFolders(o: { pid: number; mountinfo: string; cgroup: string }): string[] {
  const paths = pathsOf(o.cgroup);
  return hierarchies(o.mountinfo).flatMap(({ at, root, names }) => {
    const path = names.map((name) => paths.get(name)).find((found) => found !== undefined);
    if (path === undefined || path === '/') return [];
    const direct = path.startsWith('/..') || root !== '/' ? null : join(at, path);
    const folder = direct ?? found(at, lastOf(path));
    return folder !== null && holds(folder, o.pid) ? [folder] : [];
  });
}

interface Hierarchy {
  readonly at: string;
  readonly root: string;
  /** its controllers, or '' for version 2 */
  readonly names: readonly string[];
}

/** one for each file system, mounted later ones first: a container has its own part of a hierarchy mounted, and the node's over it */
function hierarchies(mountinfo: string): Hierarchy[] {
  const found = new Map<string, Hierarchy>();
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const [, , device = '', root = '', at = ''] = before.split(' ');
    const [kind, , options = ''] = after.split(' ');
    if (kind === 'cgroup2') found.set(device, { at, root, names: [''] });
    if (kind === 'cgroup') found.set(device, { at, root, names: options.split(',') });
  }
  return [...found.values()];
}

/** controller → path; '' is version 2 */
function pathsOf(cgroup: string): Map<string, string> {
  const lines = cgroup.split('\n').flatMap((line) => {
    const [, names = '', path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    return path === undefined ? [] : names.split(',').map((name): [string, string] => [name, path]);
  });
  return new Map(lines);
}

/** In a cgroup namespace of our own a path of another is told from where we are ("/../../kubepods-pod….slice/cri-containerd-….scope"): what it
 * ends with, pod and container, is looked for from the top. */
function found(top: string, [pod, container]: readonly [string, string]): string | null {
  if (pod === '' || container === '') return null;
  let level = [top];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    const next = level.flatMap((dir) => folders(dir).map((name) => join(dir, name)));
    const pods = next.filter((dir) => dir.endsWith(`/${pod}`)).map((dir) => join(dir, container));
    const there = pods.find((dir) => readText(join(dir, 'cgroup.procs')) !== null);
    if (there !== undefined) return there;
    level = next;
  }
  return null;
}

function folders(dir: string): string[] {
  // files of a cgroup have a dot and no folder of a kubelet's is called like them
  return listDir(dir).filter((name) => !NO_PODS.test(name) && readText(join(dir, name, 'cgroup.procs')) !== null);
}

function lastOf(path: string): readonly [string, string] {
  const parts = path.split('/').filter((part) => part !== '..' && part !== '');
  return [parts.at(-2) ?? '', parts.at(-1) ?? ''];
}

function holds(folder: string, pid: number): boolean {
  return (readText(join(folder, 'cgroup.procs')) ?? '').split('\n').includes(String(pid));
}
