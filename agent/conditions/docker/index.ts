/** Conditions `docker` and `docker:bridge`: each SUT and the load generator in a container of its own, by the engine of this machine, on the
 * host's network as in the paper, or on the engine's bridge. */

import { randomBytes } from 'node:crypto';
import type { HostPort } from '../../host/port.ts';
import type { Condition, Placement } from '../condition.ts';
import { addressOf, startContainer } from './container.ts';
import { NEEDS, type Network, probeEngine } from './engine.ts';
import { ensureEmptyImage } from './image.ts';
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
      await ensureEmptyImage();
      return network === 'host' ? onHostNetwork(host, ringDir) : onBridge(host, ringDir);
    },
  };
}

function onHostNetwork(host: HostPort, ringDir: string): Placement {
  const { sut, load } = ends(host, ringDir);
  return placement('127.0.0.1', { sut: { ...sut, network: 'host' }, load: { ...load, network: 'host' } });
}

/** One container holds the network namespace of all SUTs of the fork, as a pod's does, so that both sides of a pair have the very same way.
 * What runs in it ends with its input, so with the agent. */
async function onBridge(host: HostPort, ringDir: string): Promise<Placement> {
  const { sut, load } = ends(host, ringDir);
  const holder = { ...load, network: 'bridge', role: 'network', env: {}, lent: lentFiles('cat', {}) } as const;
  const { name } = await startContainer(holder, 'cat', []);
  const sutIpv4 = await addressOf(name);
  return placement(sutIpv4, { sut: { ...sut, network: `container:${name}` }, load: { ...load, network: 'bridge' } });
}

type End = Omit<ContainerOrder, 'role' | 'env' | 'lent'>;

function ends(host: HostPort, ringDir: string): { sut: Omit<End, 'network'>; load: Omit<End, 'network'> } {
  const family = `hookbench-${process.pid}-${randomBytes(4).toString('hex')}`;
  const { pinning } = host;
  return {
    sut: { host, family, cpu: pinning.sut, writable: [ringDir] },
    load: { host, family, cpu: pinning.load, writable: [] },
  };
}

function placement(sutIpv4: string, { sut, load }: { sut: End; load: End }): Placement {
  let started = 0;
  const start = async (end: End, role: string, { file, args, env }: Program) => {
    const order = { ...end, role: `${role}-${started++}`, env, lent: lentFiles(file, env) };
    return (await startContainer(order, file, args)).child;
  };
  return {
    sutIpv4,
    startSut: (file, args, env) => start(sut, 'sut', { file, args, env }),
    startLoad: (file, args, { env = {} }) => start(load, 'load', { file, args, env }),
  };
}

interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}
