/** The way from the load generator to the SUT: who accepted its connection, over which device it goes, and which mesh proxies stand by. */

import type { NetworkPath } from '#proto';
import type { Sight } from '../load/remote/sight.ts';
import { printable } from './fact.ts';
import { allPids, namespaceOf, readText } from './proc.ts';
import { routeBetween } from './route.ts';
import { holderOf, type SocketHolder, socketInodes, type TcpSocket, tcpSockets } from './sockets.ts';

/** programs that service meshes put beside an application, by the kernel's name for them (15 characters at most) */
const MESH_PROGRAMS = [
  'envoy',
  'linkerd2-proxy',
  'istio-proxy',
  'pilot-agent',
  'cilium-envoy',
  'ztunnel',
  'traefik-mesh',
];
const ANY_IP = '0.0.0.0';
const LONGEST_NAME = 40;

export interface Ends {
  readonly loadPid: number;
  readonly sutPid: number;
  /** where the load generator was told to connect */
  readonly ipv4: string;
  readonly port: number;
}

/** Looks at the connection that the load generator has open to the address, or, where it has none, at who listens there. Where it has one
 * whose other end is not seen, nothing is said of who accepted it. */
export async function networkPath(ends: Ends): Promise<NetworkPath> {
  const { route, device, deviceKind, missing } = await routeBetween(ends.loadPid, ends.sutPid, ends.ipv4);
  const acceptor = acceptorOf(ends);
  const unseen =
    acceptor === null
      ? ['who accepts the load generator’s connections (no such socket has an owner that is seen)']
      : [];
  return {
    acceptedBy: acceptor?.who ?? '',
    acceptor: acceptor?.who === 'other' ? printable(acceptor.name, LONGEST_NAME) : '',
    route,
    device: printable(device, LONGEST_NAME),
    deviceKind: printable(deviceKind, LONGEST_NAME),
    meshProxies: meshProxies(ends.sutPid),
    missing: [...missing, ...unseen],
  };
}

/** The same where the load generator is on another node: what leaves it is told from there, who accepts is seen here.
 * @param loadIpv4 address that its agent has; where its connections come from another, who listens at the port is looked at */
export function farPath(
  { sutPid, ipv4, port, loadIpv4 }: Omit<Ends, 'loadPid'> & { loadIpv4: string },
  { way, meshProxies: farProxies }: Pick<Sight, 'way' | 'meshProxies'>,
): NetworkPath {
  const sockets = tcpSockets(sutPid);
  const connected = sockets.filter((one) => one.state === 'established' && one.remoteIp === loadIpv4);
  const socket =
    connected.find((one) => one.localPort === port) ?? listeningSocket({ sutPid, ipv4, port }) ?? connected[0] ?? null;
  const acceptor = socket === null ? null : holderOf(socket.inode, sutPid);
  const unseen = acceptor === null ? ['who accepts the load generator’s connections (no such socket is seen)'] : [];
  return {
    acceptedBy: acceptor?.who ?? '',
    acceptor: acceptor?.who === 'other' ? printable(acceptor.name, LONGEST_NAME) : '',
    ...way,
    meshProxies: [...new Set([...meshProxies(sutPid), ...farProxies])].sort(),
    missing: [...way.missing, ...unseen],
  };
}

function acceptorOf(ends: Ends): SocketHolder | null {
  const connection = ownConnection(ends);
  const socket = connection === null ? listeningSocket(ends) : otherEnd(connection, ends);
  return socket === null ? null : holderOf(socket.inode, ends.sutPid);
}

function ownConnection({ loadPid, ipv4, port }: Ends): TcpSocket | null {
  const own = socketInodes(loadPid);
  const isOwn = (one: TcpSocket) => one.state === 'established' && own.has(one.inode);
  return tcpSockets(loadPid).find((one) => isOwn(one) && one.remoteIp === ipv4 && one.remotePort === port) ?? null;
}

/** Known by the load generator's own address, so that it is found also where the connection was redirected to another port on its way; in
 * the SUT's network namespace or, for a proxy that stands beside the load generator, in that one. */
function otherEnd(connection: TcpSocket, { loadPid, sutPid }: Ends): TcpSocket | null {
  const isOtherEnd = (one: TcpSocket) =>
    one.state === 'established' &&
    one.remoteIp === connection.localIp &&
    one.remotePort === connection.localPort &&
    one.inode !== connection.inode;
  const ends = [...tcpSockets(sutPid), ...tcpSockets(loadPid)].filter(isOtherEnd);
  // the kernel gives one local port to connections to several servers
  return ends.find((one) => one.localPort === connection.remotePort) ?? ends[0] ?? null;
}

function listeningSocket({ sutPid, ipv4, port }: Omit<Ends, 'loadPid'>): TcpSocket | null {
  const listening = tcpSockets(sutPid).filter((one) => one.state === 'listening' && one.localPort === port);
  return listening.find((one) => one.localIp === ipv4) ?? listening.find((one) => one.localIp === ANY_IP) ?? null;
}

export function meshProxies(sutPid: number): string[] {
  const namespace = namespaceOf(sutPid, 'net');
  const found = allPids().flatMap((pid) => {
    const name = readText(`/proc/${pid}/comm`)?.trim() ?? '';
    return MESH_PROGRAMS.some((program) => program.slice(0, 15) === name) && namespaceOf(pid, 'net') === namespace
      ? [name]
      : [];
  });
  return [...new Set(found)].sort();
}
