/** TCP sockets of a network namespace, as /proc/PID/net/tcp and tcp6 list them, and who holds one. */

import type { ProcessStat } from './proc.ts';
import { allPids, descendants, listDir, processStat, readLink, readText } from './proc.ts';

export interface TcpSocket {
  /** IPv4 in dots; an IPv6 address that holds one is written as that, another as it stands in the file */
  readonly localIp: string;
  readonly localPort: number;
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly state: 'established' | 'listening' | 'other';
  readonly inode: string;
}

const STATES: Readonly<Record<string, TcpSocket['state']>> = { '01': 'established', '0A': 'listening' };

/** The sockets of the namespace in which the process lives; none when it has ended. */
export function tcpSockets(pid: number): TcpSocket[] {
  return ['tcp', 'tcp6'].flatMap((table) => {
    const [, ...lines] = (readText(`/proc/${pid}/net/${table}`) ?? '').split('\n');
    return lines.flatMap((line) => socketOf(line) ?? []);
  });
}

/** numbers of the sockets that a process has open */
export function socketInodes(pid: number): Set<string> {
  const links = listDir(`/proc/${pid}/fd`).map((fd) => readLink(`/proc/${pid}/fd/${fd}`) ?? '');
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

export type SocketHolder = { readonly who: 'sut' } | { readonly who: 'other'; readonly name: string };

/** Who has the socket open: the SUT or a child of it, or else another process of the machine. null when nobody is seen to have it. */
export function holderOf(inode: string, sutPid: number): SocketHolder | null {
  if (socketInodes(sutPid).has(inode)) return { who: 'sut' };
  const stats = allPids().flatMap((pid): ProcessStat | [] => processStat(pid) ?? []);
  const family = descendants([sutPid], stats);
  const holders = stats.filter(({ pid }) => socketInodes(pid).has(inode));
  const holder = holders.find(({ pid }) => family.has(pid)) ?? holders[0];
  if (holder === undefined) return null;
  return family.has(holder.pid) ? { who: 'sut' } : { who: 'other', name: holder.name };
}

function socketOf(line: string): TcpSocket | null {
  const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
  const from = endOf(local);
  const to = endOf(remote);
  if (from === null || to === null || inode === undefined) return null;
  return {
    localIp: from.ip,
    localPort: from.port,
    remoteIp: to.ip,
    remotePort: to.port,
    state: STATES[state ?? ''] ?? 'other',
    inode,
  };
}

function endOf(text: string | undefined): { ip: string; port: number } | null {
  const [, address, port] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(text ?? '') ?? [];
  if (address === undefined || port === undefined) return null;
  return { ip: addressOf(address), port: Number.parseInt(port, 16) };
}

/** words of 32 bits in the machine's byte order, which is little-endian wherever Node runs */
function addressOf(hex: string): string {
  const isMapped = /^0{16}FFFF0000/.test(hex);
  if (hex.length === 32 && !isMapped && !/^0+$/.test(hex)) return hex.toLowerCase();
  const last = hex.slice(-8);
  return [6, 4, 2, 0].map((at) => Number.parseInt(last.slice(at, at + 2), 16)).join('.');
}
