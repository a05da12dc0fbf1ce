/** Over which device the load generator's packets to the SUT leave its network namespace. */

import { networkInterfaces } from 'node:os';
import { runCommand } from '../process/child.ts';
import { namespaceOf, readText } from './proc.ts';

export interface Route {
  /** one device away, past a gateway, or within the namespace; '' when it could not be seen */
  readonly route: '' | 'loopback' | 'link' | 'routed';
  readonly device: string;
  /** e.g. "veth"; '' when it could not be seen */
  readonly deviceKind: string;
  readonly missing: readonly string[];
}

/** An address of the namespace itself is reached over its loopback device, whatever device carries the address. */
export async function routeBetween(loadPid: number, sutPid: number, sutIpv4: string): Promise<Route> {
  const [load, sut] = [namespaceOf(loadPid, 'net'), namespaceOf(sutPid, 'net')];
  if (load === '' || sut === '') return nothing('the network namespaces of both ends could not be read');
  if (load === sut) return { route: 'loopback', device: 'lo', deviceKind: 'loopback', missing: [] };
  return routeTo(sutIpv4, loadPid);
}

/** From the network namespace of a process, or from this one's own. */
export async function routeTo(ipv4: string, pid: number | 'self' = 'self'): Promise<Route> {
  if (pid === 'self' && isOwnAddress(ipv4))
    return { route: 'loopback', device: 'lo', deviceKind: 'loopback', missing: [] };
  const way = bestRoute(readText(`/proc/${pid}/net/route`) ?? '', ipv4);
  if (way === null) return nothing(`no route to ${ipv4} from the load generator's network namespace`);
  const deviceKind = await kindOf(pid, way.device);
  return {
    ...way,
    deviceKind,
    missing: deviceKind === '' ? [`the kind of device ${way.device} (nsenter and ip were of no help)`] : [],
  };
}

/** @param table /proc/PID/net/route @returns the most specific route to the address */
export function bestRoute(table: string, ipv4: string): { route: 'link' | 'routed'; device: string } | null {
  const wanted = numberOf(ipv4);
  const ways = table.split('\n').flatMap((line) => {
    const [device = '', to, gateway, flags, , , , mask] = line.trim().split(/\s+/);
    if (to === undefined || mask === undefined || !/^[0-9A-F]{8}$/.test(to)) return [];
    const [network, bits] = [swapped(to), swapped(mask)];
    const isUp = (Number.parseInt(flags ?? '0', 16) & 1) === 1;
    if (!isUp || (wanted & bits) >>> 0 !== network) return [];
    return [{ device, bits, gateway: Number.parseInt(gateway ?? '0', 16) }];
  });
  const [best] = ways.sort((a, b) => b.bits - a.bits);
  if (best === undefined) return null;
  return { route: best.gateway === 0 ? 'link' : 'routed', device: best.device };
}

async function kindOf(pid: number | 'self', device: string): Promise<string> {
  const look = ['ip', '-d', '-j', 'link', 'show', 'dev', device];
  // entering takes rights, also where one is already
  const [file, ...args] = pid === 'self' ? look : ['nsenter', '-t', String(pid), '-n', ...look];
  const { stdout } = await runCommand(file!, args, { timeoutMs: 3_000 });
  try {
    const [link] = JSON.parse(stdout) as { linkinfo?: { info_kind?: unknown } }[];
    const kind = link?.linkinfo?.info_kind;
    return typeof kind === 'string' ? kind.slice(0, 20) : 'device';
  } catch {
    return '';
  }
}

function isOwnAddress(ipv4: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return ipv4.startsWith('127.') || own.some(({ address }) => address === ipv4);
}

function nothing(why: string): Route {
  return { route: '', device: '', deviceKind: '', missing: [why] };
}

function numberOf(ipv4: string): number {
  return ipv4.split('.').reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0);
}

/** the table's words are in the machine's byte order */
function swapped(hex: string): number {
  return Number.parseInt([6, 4, 2, 0].map((at) => hex.slice(at, at + 2)).join(''), 16) >>> 0;
}
