/** When a program from somewhere else takes connections, and which of its processes reads them: from /proc, which works across network
 * namespaces and needs no connection that the program would have to serve. */

import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import type { SutTraits } from '../mechanisms/mechanism.ts';

const LISTEN = '0A';
const ESTABLISHED = '01';
const RECENT = 256;
const given: number[] = [];

/** A port that nothing listens on here; none twice in a row, as two instances are started at once. */
export async function freePort(): Promise<number> {
  for (;;) {
    // below the range that the kernel takes its own from: nobody's connection comes by it meanwhile
    const port = randomInt(10_000, 32_000);
    if (given.includes(port) || !(await isFree(port))) continue;
    given.push(port);
    given.splice(0, Math.max(0, given.length - RECENT));
    return port;
  }
}

/** Whether the port is listened on in the network that the process is in; false for one that has ended. */
export function listens(pid: number, port: number): boolean {
  return socketsAt(pid, port, LISTEN).length > 0;
}

/** The child of a process that holds a connection made to its port; null where there is none. */
export function connectedChild(pid: number, port: number): number | null {
  const links = socketsAt(pid, port, ESTABLISHED).map((inode) => `socket:[${inode}]`);
  return childrenOf(pid).find((child) => descriptorsOf(child).some((link) => links.includes(link))) ?? null;
}

/** inodes */
function socketsAt(pid: number, port: number, wanted: string): string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return textOf(`/proc/${pid}/net/tcp`)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === wanted && local?.endsWith(end))
    .flatMap((fields) => fields[9] ?? []);
}

function descriptorsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

/** The process whose reads are looked at: the one that was started, or its worker; null while that is not there. Where each connection has a
 * process of its own, the one that they are forked from. */
export function servingPidOf(pid: number, serving: SutTraits['serving']): number | null {
  return serving === 'worker' ? (childrenOf(pid)[0] ?? null) : pid;
}

/** in the order of their numbers */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid)
    .sort((a, b) => a - b);
}

function parentOf(pid: number): number {
  const stat = textOf(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
