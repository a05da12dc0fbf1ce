/** What a run that was killed outright could not undo is undone by the next: namespaces, disks and folders that bear the pid of a process that is gone. */

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeeds } from './host.ts';

/** folders of rounds: hookbench-faults-PID-… */
export const FOLDER = 'hookbench-faults-';
const NETNS_DIR = '/run/netns';

export function undoLeftovers(): void {
  for (const path of mountPoints()) if (isLeft(path)) succeeds('umount', '-l', path);
  for (const name of listed(NETNS_DIR))
    if (isGone(/^hbf(\d+)n\d+$/.exec(name)?.[1])) succeeds('ip', 'netns', 'del', name);
  for (const name of listed(tmpdir()))
    if (isLeft(join(tmpdir(), name))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
}

function isLeft(path: string): boolean {
  const start = join(tmpdir(), FOLDER);
  return path.startsWith(start) && isGone(/^\d+/.exec(path.slice(start.length))?.[0]);
}

function isGone(pid: string | undefined): boolean {
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

function mountPoints(): string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? []);
}

function listed(dir: string): string[] {
  return existsSync(dir) ? readdirSync(dir) : [];
}
