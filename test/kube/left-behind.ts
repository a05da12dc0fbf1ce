/** What hookbench could leave on a node: processes, rings, journals, probes, mounts. Taken before and after, for the machine has its own. */

import { readdirSync, readFileSync } from 'node:fs';
import { readText } from '../../agent/observe/proc.ts';

/** each node of the cluster that is brought up here has a cgroup of its own, above its kubelet's */
const IN_CLUSTER = /\/k8s-\w+\/kubepods\//;
const FORWARD = /^kubectl .*port-forward .*hookbench/;
const PROGRAM = /\/opt\/hookbench\/|hookbench-load|libhookbench/;

/** one line each; of the nodes' processes those whose program or command is of the image */
export function onThisMachine(): string[] {
  return [...processes(), ...listed('/sys/fs/bpf'), ...rings(), ...uprobes(), ...mounts()];
}

/** in cgroups of the cluster's pods, and what commands here have started */
function processes(): string[] {
  return pids().flatMap((pid) => {
    const command = (readText(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
    const cgroup = readText(`/proc/${pid}/cgroup`) ?? '';
    const isOurs = PROGRAM.test(command) && IN_CLUSTER.test(cgroup);
    return isOurs || FORWARD.test(command) ? [`process ${command}`] : [];
  });
}

function rings(): string[] {
  return listed('/dev/shm/hookbench');
}

function uprobes(): string[] {
  const text = readText('/sys/kernel/tracing/uprobe_events') ?? '';
  return text.split('\n').filter((line) => line !== '');
}

function mounts(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((at) => at.includes('hookbench'))
    .map((at) => `mount ${at}`);
}

function listed(dir: string): string[] {
  try {
    return readdirSync(dir).map((name) => `${dir}/${name}`);
  } catch {
    return [];
  }
}

function pids(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}
