/** SUT pods of this node, found in /proc: by the pod's UID in a process's cgroup and by what the manifest wrote into its environment. Either can be
 * had by others alone, so both must say the same. The API of Kubernetes is not asked. */

import { join } from 'node:path';
import { containerOf, podUidOf } from '../../observe/placement.ts';
import { listDir, processStat, readText } from '../../observe/proc.ts';

export const ROLES = ['sut', 'sut-hooked', 'load'] as const;
/** what a container of a SUT pod is for */
export type Role = (typeof ROLES)[number];

/** the process that holds a container's namespaces */
export interface Holder {
  readonly pid: number;
  readonly startTicks: string;
  readonly container: string;
  readonly env: ReadonlyMap<string, string>;
}

export interface SutPod {
  readonly uid: string;
  readonly name: string;
  readonly node: string;
  /** '' where the manifest does not say it */
  readonly ipv4: string;
  readonly holders: ReadonlyMap<Role, Holder>;
}

export interface Found {
  /** those with all three containers, the one started last first */
  readonly pods: readonly SutPod[];
  /** why others were passed over, one sentence each */
  readonly passedOver: readonly string[];
}

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const NAME = /^[A-Za-z0-9._-]{1,253}$/;

/** @param marker what HOOKBENCH_SUT says @param node only pods that say they are on this one; any where it is ''
 * @param proc another /proc, for tests */
export function sutPods(marker: string, { node, proc = '/proc' }: { node: string; proc?: string }): Found {
  const passedOver: string[] = [];
  const pods = new Map<string, SutPod & { holders: Map<Role, Holder> }>();
  for (const pid of listDir(proc).filter((name) => /^\d+$/.test(name))) {
    const env = environmentOf(readText(join(proc, pid, 'environ')) ?? '');
    const role = ROLES.find((one) => one === env.get('HOOKBENCH_CONTAINER'));
    if (env.get('HOOKBENCH_SUT') !== marker || role === undefined) continue;
    const cgroup = readText(join(proc, pid, 'cgroup')) ?? '';
    const [uid, told] = [podUidOf(cgroup), env.get('HOOKBENCH_POD_UID') ?? ''];
    if (uid === '' || uid !== told) {
      passedOver.push(
        `process ${pid} says it is of pod ${cleaned(told)}, its cgroup ${uid === '' ? 'of none' : `of ${uid}`}`,
      );
      continue;
    }
    const on = env.get('HOOKBENCH_NODE_NAME') ?? '';
    if (node !== '' && on !== node) continue;
    const pod = pods.get(uid) ?? { ...podOf(uid, on, env), holders: new Map<Role, Holder>() };
    const holder = { ...holderOf(Number(pid), cgroup, join(proc, pid)), env };
    // what a holder has started has its environment too: the first is it
    const before = pod.holders.get(role);
    if (before === undefined || Number(holder.startTicks) < Number(before.startTicks)) pod.holders.set(role, holder);
    pods.set(uid, pod);
  }
  const [whole, partial] = [[...pods.values()].filter(isWhole), [...pods.values()].filter((pod) => !isWhole(pod))];
  for (const { name, holders } of partial) {
    const lacking = ROLES.filter((role) => !holders.has(role)).join(' and ');
    passedOver.push(`pod ${name} has no container ${lacking}`);
  }
  return { pods: whole.sort((a, b) => sinceTicks(b) - sinceTicks(a)), passedOver };
}

function podOf(uid: string, node: string, env: ReadonlyMap<string, string>): Omit<SutPod, 'holders'> {
  const ipv4 = env.get('HOOKBENCH_POD_IPV4') ?? '';
  const name = env.get('HOOKBENCH_POD_NAME') ?? '';
  return { uid, node: cleaned(node), name: cleaned(name), ipv4: IPV4.test(ipv4) ? ipv4 : '' };
}

function holderOf(pid: number, cgroup: string, dir: string): Omit<Holder, 'env'> {
  const stat = readText(join(dir, 'stat')) ?? '';
  const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return { pid, startTicks, container: containerOf(cgroup) };
}

function isWhole({ holders }: SutPod): boolean {
  return ROLES.every((role) => holders.has(role));
}

function sinceTicks({ holders }: SutPod): number {
  return Math.max(...[...holders.values()].map(({ startTicks }) => Number(startTicks)));
}

/** whether it is still the very process that was found */
export function isAlive({ pid, startTicks }: Holder): boolean {
  return processStat(pid)?.startTicks === startTicks;
}

function environmentOf(text: string): Map<string, string> {
  const pairs = text.split('\0').flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=');
    return at > 0 ? [[pair.slice(0, at), pair.slice(at + 1)]] : [];
  });
  return new Map(pairs);
}

function cleaned(name: string): string {
  return NAME.test(name) ? name : '(no name)';
}
