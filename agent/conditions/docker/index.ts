/** Conditions `docker` and `docker:bridge`: each SUT and the load generator in a container of its own, by the engine of this machine, on the
 * host's network as in the paper, or on the engine's bridge. */

import { randomBytes } from 'node:crypto';
import type { HostPort } from '../../host/port.ts';
import type { Condition, Placement } from '../condition.ts';
import { addressOf, type Container, startContainer } from './container.ts';
import { NEEDS, type Network, probeEngine } from './engine.ts';
import { type ContainerImage, containerImage } from './image.ts';
import { lentFiles } from './lent-files.ts';
import type { ContainerOrder } from './run-arguments.ts';

export const docker = dockerCondition('docker', 'host');
export const dockerBridge = dockerCondition('docker:bridge', 'bridge');

function dockerCondition(id: string, network: Network): Condition {
  return {
    id,
    needs: NEEDS,
    options: [],
    probe: () => probeEngine(network),
    enter: async (host, _options, ringDir) => {
      const image = await containerImage();
      return network === 'host' ? onHostNetwork(host, image, ringDir) : onBridge(host, image, ringDir);
    },
  };
}

function onHostNetwork(host: HostPort, image: ContainerImage, ringDir: string): Placement {
  const { sut, load } = ends(host, image, ringDir);
  return placement('127.0.0.1', { sut: { ...sut, network: 'host' }, load: { ...load, network: 'host' } });
}

/** One container holds the network namespace of all SUTs of the fork, as a pod's does, so that both sides of a pair have the very same way.
 * What runs in it ends with its input, so with the agent. */
async function onBridge(host: HostPort, image: ContainerImage, ringDir: string): Promise<Placement> {
  const { sut, load } = ends(host, image, ringDir);
  const { name } = await start({ ...load, network: 'bridge' }, 'network', { file: 'cat', args: [], env: {} });
  const sutIpv4 = await addressOf(name);
  return placement(sutIpv4, { sut: { ...sut, network: `container:${name}` }, load: { ...load, network: 'bridge' } });
}

type End = Omit<ContainerOrder, 'role' | 'env' | 'lent' | 'image'> & { readonly image: ContainerImage };
type Unconnected = Omit<End, 'network'>;

function ends(host: HostPort, image: ContainerImage, ringDir: string): { sut: Unconnected; load: Unconnected } {
  const family = `hookbench-${process.pid}-${randomBytes(4).toString('hex')}`;
  const { pinning } = host;
  return {
    sut: { host, image, family, cpu: pinning.sut, writable: [ringDir] },
    load: { host, image, family, cpu: pinning.load, writable: [] },
  };
}

function placement(sutIpv4: string, { sut, load }: { sut: End; load: End }): Placement {
  let started = 0;
  const numbered = (role: string) => `${role}-${started++}`;
  return {
    sutIpv4,
    startSut: async (file, args, env) => (await start(sut, numbered('sut'), { file, args, env })).child,
    startLoad: async (file, args, { env = {} }) => (await start(load, numbered('load'), { file, args, env })).child,
  };
}

function start(
  end: End,
  role: string,
  { file, args, env }: { file: string; args: readonly string[]; env: Readonly<Record<string, string>> },
): Promise<Container> {
  const lent = end.image.hasFiles ? [] : lentFiles(file, env);
  return startContainer({ ...end, image: end.image.name, role, env, lent }, file, args);
}
