/** SUT pods of this node as conditions use them: looked for, waited for, entered. */

import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '#proto';
import type { HostPort } from '../../host/port.ts';
import { type SupportAnswer, supported, unsupported } from '../../host/support.ts';
import { hasCapability } from '../../security/capabilities.ts';
import type { Placement } from '../condition.ts';
import { sutCommand } from '../sut-command.ts';
import { type Found, type Holder, type SutPod, sutPods } from './marked.ts';
import { corePermitted, ringsProblem } from './reach.ts';
import { startInside } from './start-inside.ts';

/** what HOOKBENCH_SUT says: a pod with a network of its own, or one in its node's */
export type Marker = 'pod' | 'host';

const CAPABILITIES = ['CAP_SYS_ADMIN', 'CAP_SYS_CHROOT', 'CAP_SYS_PTRACE'] as const;
/** agents and SUT pods of a cluster are started at the same time */
const POD_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 500;

/** @throws BenchError unsupported */
export function enterPod(marker: Marker, host: HostPort, ringDir: string): { pod: SutPod; placement: Placement } {
  const pod = sutPod(marker);
  for (const role of ['sut', 'sut-hooked'] as const) {
    const problem = ringsProblem(pod.holders.get(role)!, ringDir);
    if (problem !== null) throw notReached(pod, problem);
  }
  return { pod, placement: placementIn(pod, host) };
}

/** Waits for the pods that the agent's manifest says are there to be. @param problemOf what else keeps a pod from being used */
export async function probePod(
  marker: Marker,
  needs: string,
  problemOf: (pod: SutPod) => string | null = () => null,
): Promise<SupportAnswer> {
  if (process.getuid?.() !== 0) return unsupported(needs, `uid ${process.getuid?.()}`);
  const missing = CAPABILITIES.filter((name) => !hasCapability(name));
  if (missing.length > 0) return unsupported(needs, `no ${missing.join(' and no ')} in this process`);
  const giveUpAtMs = performance.now() + (isExpected(marker) ? POD_WITHIN_MS : 0);
  let found = look(marker);
  while (found.pods.length === 0 && performance.now() < giveUpAtMs) {
    await sleep(LOOK_EVERY_MS);
    found = look(marker);
  }
  const [first] = found.pods;
  if (first === undefined) return unsupported(needs, whyNone(marker, found));
  const problem = problemOf(first);
  if (problem !== null) return unsupported(needs, problem);
  return supported(needs, `pod ${first.name} (${first.uid}) with ${containers(first)}`);
}

/** by the downward API of the manifest */
export function isInPod(): boolean {
  return (process.env.HOOKBENCH_POD_UID ?? '') !== '';
}

/** A SUT with a hook inside runs in a container of its own, which has the library; all have the same limits by their manifest. */
function placementIn({ holders }: SutPod, { pinning, runAs }: HostPort): Placement {
  const [plain, hooked, load] = (['sut', 'sut-hooked', 'load'] as const).map((role) => holders.get(role)!);
  const suts = [plain!, hooked!];
  const sut = suts.every((holder) => corePermitted(holder, pinning.sut)) ? pinning.sut : null;
  return {
    sutIpv4: '127.0.0.1',
    startSut: (file, args, env) => {
      const holder = env.HOOKBENCH_RING === undefined ? plain! : hooked!;
      return startInside({ holder, runAs }, sutCommand({ ...pinning, sut }, { file, args, env }));
    },
    startLoad: (file, args, { env = {} }) => {
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      return startInside({ holder: load!, runAs }, ['env', ...variables, file, ...args]);
    },
  };
}

/** @throws BenchError unsupported */
function sutPod(marker: Marker): SutPod {
  const found = look(marker);
  const [first] = found.pods;
  if (first !== undefined) return first;
  throw new BenchError('unsupported', `there is no SUT pod on this node: ${whyNone(marker, found)}`, {
    nextStep: 'kubectl apply -k deploy/overlays/pod (or nodes); kubectl -n hookbench get pods -o wide',
  });
}

function look(marker: Marker): Found {
  return sutPods(marker, { node: process.env.HOOKBENCH_NODE_NAME ?? '' });
}

function containers({ holders }: SutPod): string {
  return [...holders].map(([role, holder]: [string, Holder]) => `${role} ${holder.container || holder.pid}`).join(', ');
}

function whyNone(marker: Marker, { passedOver }: Found): string {
  const [first] = passedOver;
  const elsewhere = isInPod() ? '' : ', and this agent is in none itself';
  return first ?? `no process marks itself by HOOKBENCH_SUT=${marker} and a cgroup of its pod${elsewhere}`;
}

function notReached({ name }: SutPod, problem: string): BenchError {
  return new BenchError('unsupported', `pod ${name} does not see what this agent writes: ${problem}`, {
    nextStep:
      'mount one folder of the node’s memory at /dev/shm in agent and SUT pods (deploy/base/agent.yaml, deploy/parts/sut)',
  });
}

/** HOOKBENCH_SUT_PODS in the agent's manifest names the markers, "pod" where it does not */
function isExpected(marker: Marker): boolean {
  return isInPod() && (process.env.HOOKBENCH_SUT_PODS ?? 'pod').split(',').includes(marker);
}
