/** Conditions `nodes:host`, `nodes:pod` and `nodes:service`: the SUT on this agent's node, the load generator on another, lent by the agent there.
 * They differ in the address that the load generator is told: the node's own, a pod's, or a Service's. */

import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { BenchError } from '#proto';
import type { HostPort } from '../../host/port.ts';
import { type SupportAnswer, supported } from '../../host/support.ts';
import type { FarLoad } from '../../load/remote/far-load.ts';
import { spawnWith } from '../../process/child.ts';
import { asUser } from '../../security/run-as.ts';
import type { Condition, Placement } from '../condition.ts';
import { sutCommand } from '../sut-command.ts';
import type { SutPod } from './marked.ts';
import { enterPod, isInPod, probePod } from './sut-pod.ts';

/** the half of a placement that is on this node */
type SutEnd = Omit<Placement, 'startLoad'>;

const LENT = 'an agent with a certificate, and on another node hookbench agent --roles load';
const IN_POD = 'this agent in a pod with what condition pod needs, and a SUT pod on its node (deploy/overlays/nodes)';
const SERVICE = 'HOOKBENCH_SERVICE';
const PORTS = 'HOOKBENCH_SERVICE_PORTS';

export const nodesHost = nodesCondition('nodes:host', {
  needs: `${LENT}; in a pod: a SUT pod in its node's network (HOOKBENCH_SUT=host)`,
  probe: async (needs) =>
    isInPod() ? probePod('host', needs, addressProblem) : supported(needs, 'a process of this host'),
  enter: async (host, ringDir) => (isInPod() ? inPod('host', host, ringDir) : onHost(host)),
});

export const nodesPod = nodesCondition('nodes:pod', {
  needs: `${LENT}; ${IN_POD}`,
  probe: (needs) => probePod('pod', needs, addressProblem),
  enter: async (host, ringDir) => inPod('pod', host, ringDir),
});

export const nodesService = nodesCondition('nodes:service', {
  needs: `${LENT}; ${IN_POD} that says in ${SERVICE} and ${PORTS} which Service has it for its one endpoint`,
  probe: (needs) => probePod('pod', needs, (pod) => addressProblem(pod) ?? serviceProblem(pod)),
  enter: async (host, ringDir) => behindService(host, ringDir),
});

function nodesCondition(
  id: string,
  o: {
    needs: string;
    probe: (needs: string) => Promise<SupportAnswer>;
    enter: (host: HostPort, ringDir: string) => Promise<SutEnd>;
  },
): Condition {
  return {
    id,
    needs: o.needs,
    options: [],
    acrossNodes: true,
    probe: () => o.probe(o.needs),
    enter: async (host, _options, ringDir) => {
      const far = farOf(host);
      return { ...(await o.enter(host, ringDir)), startLoad: () => far.start() };
    },
  };
}

/** a process of this host, listening where the way to the load generator's node begins */
async function onHost({ pinning, runAs, ...host }: HostPort): Promise<SutEnd> {
  const start = spawnWith(runAs === undefined ? [] : asUser(runAs));
  return {
    sutIpv4: await addressTowards(farOf(host).peer),
    startSut: async (file, args, env) => {
      const [program, ...words] = sutCommand(pinning, { file, args, env });
      return start(program, words, {});
    },
  };
}

function inPod(marker: 'pod' | 'host', host: HostPort, ringDir: string): SutEnd {
  const { pod, placement } = enterPod(marker, host, ringDir);
  return { ...placement, sutIpv4: addressIn(pod) };
}

/** A Service has ports of its own, each of which leads to the same one of the pod: SUTs are given these in turn. */
async function behindService(host: HostPort, ringDir: string): Promise<SutEnd> {
  const { pod, placement } = enterPod('pod', host, ringDir);
  const { name, first, last } = serviceOf(pod);
  const { address } = await lookup(name, { family: 4 }).catch((cause: Error) => {
    throw new BenchError('unsupported', `the address of Service ${name} is not known here: ${cause.message}`, {
      cause,
    });
  });
  const count = last - first + 1;
  // what the fork before had may still be closing
  let at = Math.floor(Math.random() * count);
  const nextPort = () => first + (at++ % count);
  return { ...placement, sutIpv4: address, listenIpv4: addressIn(pod), nextPort };
}

/** @throws BenchError unsupported */
function farOf({ far }: Pick<HostPort, 'far'>): FarLoad {
  if (far !== undefined) return far;
  throw new BenchError('unsupported', 'this agent has no certificate to show to the load generator of another node', {
    nextStep: 'start it with --tls-dir',
  });
}

/** the address that this host would use; nothing is sent */
function addressTowards({ host, port }: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (cause) => {
      socket.close();
      reject(new BenchError('unsupported', `there is no way from this node to ${host}: ${cause.message}`, { cause }));
    });
    socket.connect(port, host, () => {
      const { address } = socket.address();
      socket.close();
      resolve(address);
    });
  });
}

function addressProblem({ ipv4, name }: SutPod): string | null {
  return ipv4 === '' ? `pod ${name} does not say its address (HOOKBENCH_POD_IPV4)` : null;
}

function addressIn(pod: SutPod): string {
  const problem = addressProblem(pod);
  if (problem !== null) throw new BenchError('unsupported', problem);
  return pod.ipv4;
}

function serviceProblem(pod: SutPod): string | null {
  try {
    serviceOf(pod);
    return null;
  } catch (error) {
    return (error as BenchError).message;
  }
}

/** In the Service's name * stands for the node's, with - for each dot: pods of a DaemonSet have one manifest, and each a Service of its own.
 * @throws BenchError unsupported */
export function serviceOf({ holders, name: pod }: SutPod): { name: string; first: number; last: number } {
  const env = holders.get('sut')?.env;
  const node = (env?.get('HOOKBENCH_NODE_NAME') ?? '').replaceAll('.', '-');
  const name = (env?.get(SERVICE) ?? '').replace('*', node);
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(env?.get(PORTS) ?? '') ?? [];
  const isGood = /^[a-z0-9.-]{1,253}$/.test(name) && Number(first) > 0 && Number(last) >= Number(first);
  if (isGood && Number(last) <= 65_535) return { name, first: Number(first), last: Number(last) };
  throw new BenchError('unsupported', `pod ${pod} does not name a Service and its ports (${SERVICE}, ${PORTS})`);
}
