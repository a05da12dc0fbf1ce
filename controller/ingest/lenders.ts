/** Agents that measure nothing and lend their node's load generator. They stand beside the agents that measure, with the same names: a node
 * may have one of each, and one that lends for each network. */

import type { Hello, LoadOffer, LoadPeer } from '#proto';

export interface Lender extends LoadPeer {
  /** "host" or "pod" */
  readonly network: string;
}

const NETWORKS = ['host', 'pod'];
const ADDRESS = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})$/;

/** what a connection is known by: no two of one key are connected at once */
export function keyOf({ agentId, loadOffer }: Pick<Hello, 'agentId' | 'loadOffer'>): string {
  return loadOffer === undefined ? agentId : `${agentId} load ${loadOffer.network}`;
}

export function isLender({ loadOffer }: Pick<Hello, 'loadOffer'>): boolean {
  return loadOffer !== undefined;
}

export function lendersOf(hellos: readonly Hello[]): Lender[] {
  return hellos.flatMap(({ agentId, loadOffer }) => {
    const [, host, port] = ADDRESS.exec(loadOffer?.address ?? '') ?? [];
    if (loadOffer === undefined || host === undefined) return [];
    return [{ node: agentId, host, port: Number(port), network: loadOffer.network }];
  });
}

/** @returns one sentence about what is wrong, null when nothing is */
export function offerProblem(hello: Hello): string | null {
  const { loadOffer } = hello;
  if (loadOffer === undefined) return null;
  if (!isAddress(loadOffer))
    return 'the controller does not accept a load generator whose address is no IPv4 address and port';
  if (!NETWORKS.includes(loadOffer.network))
    return `the controller does not accept a load generator in another network than ${NETWORKS.join(' or ')}`;
  const measures = [hello.mechanisms, hello.suts, hello.conditions].some((list) => list.length > 0);
  return measures ? 'the controller does not accept an agent that lends its load generator and measures, too' : null;
}

function isAddress({ address }: LoadOffer): boolean {
  const [, host = '', port] = ADDRESS.exec(address) ?? [];
  const bytes = host.split('.').map(Number);
  return bytes.length === 4 && bytes.every((byte) => byte <= 255) && Number(port) >= 1 && Number(port) <= 65_535;
}
