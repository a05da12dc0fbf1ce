/** Which load generator of another node a cell uses. */

import { type Assignment, BenchError, isAcrossNodes, type LoadPeer } from '#proto';
import type { Lender } from '../ingest/lenders.ts';

/** @throws BenchError unsupported when an agent would have no load generator but its own node's */
export function checkPeers(
  conditions: readonly string[],
  o: { agents: readonly string[]; lenders: readonly Lender[] },
): void {
  for (const condition of conditions.filter(isAcrossNodes)) {
    const alone = o.agents.filter((agent) => peersFor({ agent, condition, lenders: o.lenders }).length === 0);
    if (alone.length === 0) continue;
    const network = networkOf(condition);
    const known = o.lenders.map((one) => `${one.node} (${one.network}, ${one.host}:${one.port})`).join(', ');
    throw new BenchError(
      'unsupported',
      `condition ${condition} needs a load generator in a ${network} network on another node than ${alone.join(', ')}`,
      {
        nextStep: 'start one there: hookbench agent --roles load (in a cluster: deploy/overlays/nodes)',
        detail: `load generators that are lent now: ${known || 'none'}`,
      },
    );
  }
}

/** The one it had before, as long as it is there: forks are repetitions of one thing. Otherwise the next by name, so that nodes are used evenly.
 * @param avoid nodes that were lost to this agent; taken again only where there is no other
 * @returns null where there is none */
export function peerFor(o: {
  agent: string;
  condition: string;
  lenders: readonly Lender[];
  before: string | undefined;
  avoid: ReadonlySet<string>;
}): LoadPeer | null {
  const all = peersFor(o);
  const good = all.filter(({ node }) => !o.avoid.has(node));
  const among = good.length > 0 ? good : all;
  const peer = among.find(({ node }) => node === o.before) ?? among.find(({ node }) => node > o.agent) ?? among[0];
  return peer === undefined ? null : { node: peer.node, host: peer.host, port: peer.port };
}

export function needsPeer({ condition }: Assignment): boolean {
  return isAcrossNodes(condition);
}

function peersFor(o: { agent: string; condition: string; lenders: readonly Lender[] }): Lender[] {
  const network = networkOf(o.condition);
  return o.lenders
    .filter((one) => one.node !== o.agent && one.network === network)
    .sort((a, b) => (a.node < b.node ? -1 : 1));
}

function networkOf(condition: string): string {
  return condition === 'nodes:host' ? 'host' : 'pod';
}
