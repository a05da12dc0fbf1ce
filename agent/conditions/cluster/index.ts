/** Conditions of a cluster: `pod`, SUT and load generator in the containers of one pod, as in the paper. */

import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError } from '#proto';
import type { HostPort } from '../../host/port.ts';
import { type SupportAnswer, supported, unsupported } from '../../host/support.ts';
import { hasCapability } from '../../security/capabilities.ts';
import type { Condition, Placement } from '../condition.ts';
import { sutCommand } from '../sut-command.ts';
import { type Found, type Holder, type SutPod, sutPods } from './marked.ts';
import { corePermitted, ringsProblem } from './reach.ts';
import { startInside } from './start-inside.ts';

const NEEDS =
  'an agent in a pod with hostPID and CAP_SYS_ADMIN, CAP_SYS_CHROOT, CAP_SYS_PTRACE, and a SUT pod on its node (deploy/overlays/pod)';
const CAPABILITIES = ['CAP_SYS_ADMIN', 'CAP_SYS_CHROOT', 'CAP_SYS_PTRACE'] as const;
const MARKER = 'pod';
/** agents and SUT pods of a cluster are started at the same time */
const POD_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 500;

export const pod: Condition = {
  id: 'pod',
  needs: NEEDS,
  options: [],
  probe: () => probe(isInPod() ? POD_WITHIN_MS : 0),
  enter: async (host, _options, ringDir) => {
    const found = sutPod();
    for (const role of ['sut', 'sut-hooked'] as const) {
      const problem = ringsProblem(found.holders.get(role)!, ringDir);
      if (problem !== null) throw notReached(found, problem);
    }
    return placementIn(found, host);
  },
};

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
function sutPod(): SutPod {
  const found = look();
  const [first] = found.pods;
  if (first !== undefined) return first;
  throw new BenchError('unsupported', `there is no SUT pod on this node: ${whyNone(found)}`, {
    nextStep: 'kubectl apply -k deploy/overlays/pod; kubectl -n hookbench get pods -o wide',
  });
}

async function probe(patienceMs: number): Promise<SupportAnswer> {
  if (process.getuid?.() !== 0) return unsupported(NEEDS, `uid ${process.getuid?.()}`);
  const missing = CAPABILITIES.filter((name) => !hasCapability(name));
  if (missing.length > 0) return unsupported(NEEDS, `no ${missing.join(' and no ')} in this process`);
  const giveUpAtMs = performance.now() + patienceMs;
  let found = look();
  while (found.pods.length === 0 && performance.now() < giveUpAtMs) {
    await sleep(LOOK_EVERY_MS);
    found = look();
  }
  const [first] = found.pods;
  if (first === undefined) return unsupported(NEEDS, whyNone(found));
  return supported(NEEDS, `pod ${first.name} (${first.uid}) with ${containers(first)}`);
}

function look(): Found {
  return sutPods(MARKER, { node: process.env.HOOKBENCH_NODE_NAME ?? '' });
}

function containers({ holders }: SutPod): string {
  return [...holders].map(([role, holder]: [string, Holder]) => `${role} ${holder.container || holder.pid}`).join(', ');
}

function whyNone({ passedOver }: Found): string {
  const [first] = passedOver;
  const elsewhere = isInPod() ? '' : ', and this agent is in none itself';
  return first ?? `no process marks itself by HOOKBENCH_SUT=${MARKER} and a cgroup of its pod${elsewhere}`;
}

function notReached({ name }: SutPod, problem: string): BenchError {
  return new BenchError('unsupported', `pod ${name} does not see what this agent writes: ${problem}`, {
    nextStep:
      'mount one folder of the node’s memory at /dev/shm in agent and SUT pods (deploy/base/agent.yaml, deploy/parts/sut)',
  });
}

/** by the downward API of the manifest */
function isInPod(): boolean {
  return (process.env.HOOKBENCH_POD_UID ?? '') !== '';
}
