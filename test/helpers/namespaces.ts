/** Who keeps a network namespace alive: processes in it, open descriptors of it, and mounts. With none of these the kernel takes it away. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

export function netNamespaceOf(pid: number): string {
  return link(`/proc/${pid}/ns/net`);
}

/** @param namespace as "net:[4026532177]" @returns paths in /proc that show it */
export function holdersOf(namespace: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const seen = pids.flatMap((pid) => {
    const open = list(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`);
    return [`/proc/${pid}/ns/net`, ...open].filter((path) => link(path) === namespace);
  });
  const isMounted = readFileSync('/proc/self/mountinfo', 'utf8').includes(namespace);
  return isMounted ? [...seen, '/proc/self/mountinfo'] : seen;
}

/** waits a moment for processes to be reaped @returns who still holds it */
export async function heldAfterAll(namespace: string): Promise<string[]> {
  for (let i = 0; i < 200 && holdersOf(namespace).length > 0; i++) await sleep(25);
  return holdersOf(namespace);
}

/** Devices in this namespace that are named as the condition `netns` names its own, and namespaces with a name like that: there are none at
 * any time. Others may come and go. */
export async function ownDevices(): Promise<string[]> {
  const links = await execa('ip', ['-br', 'link']);
  const named = await execa('ip', ['netns', 'list']);
  return `${links.stdout}\n${named.stdout}`.split('\n').filter((line) => /^hb[sl]\d/.test(line));
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
