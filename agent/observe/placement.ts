/** Where a process runs, by what the kernel says of it: namespaces, container and pod. Its environment is heard only for names. */

import { hostname } from 'node:os';
import type { PlacedEnd } from '#proto';
import { namespaceOf, readText } from './proc.ts';

/** where a manifest sets them by the downward API; a process can say anything here, so these are names for people and decide nothing alone */
const NODE_VARIABLE = 'HOOKBENCH_NODE_NAME';
const POD_VARIABLE = 'HOOKBENCH_POD_NAME';
const LONGEST_NAME = 100;

/** @returns null when the process has ended or may not be looked at */
export function placedEnd(pid: number): PlacedEnd | null {
  const cgroup = readText(`/proc/${pid}/cgroup`);
  const netNamespace = namespaceOf(pid, 'net');
  if (cgroup === null || netNamespace === '') return null;
  return {
    // the agent sees the process, so it runs on the agent's node
    node: cleaned(process.env[NODE_VARIABLE] ?? '') || cleaned(hostname()),
    pod: cleaned(variableOf(pid, POD_VARIABLE)),
    podUid: podUidOf(cgroup),
    container: containerOf(cgroup),
    pidNamespace: namespaceOf(pid, 'pid'),
    netNamespace,
    mountNamespace: namespaceOf(pid, 'mnt'),
    cgroupNamespace: namespaceOf(pid, 'cgroup'),
  };
}

/** The container's id in a cgroup's path, as Docker, containerd, CRI-O and Podman write it; the innermost where a node is a container itself, as
 * kind's are; '' outside containers. @param cgroup of /proc/PID/cgroup */
export function containerOf(cgroup: string): string {
  const ids = cgroup
    .split('\n')
    .map((line) => [...line.matchAll(/(?<=^|[/:.-])([0-9a-f]{64})(?=\.scope|\/|$)/g)].at(-1)?.[1]);
  return ids.find((id) => id !== undefined)?.slice(0, 12) ?? '';
}

/** The pod's UID in a cgroup's path, by the kubelet's two drivers (cgroupfs: dashes, systemd: underscores); '' outside pods */
export function podUidOf(cgroup: string): string {
  const uid = /pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12})/.exec(cgroup)?.[1];
  return uid?.replaceAll('_', '-') ?? '';
}

function variableOf(pid: number, name: string): string {
  const pairs = (readText(`/proc/${pid}/environ`) ?? '').split('\0');
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

function cleaned(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, LONGEST_NAME);
}
