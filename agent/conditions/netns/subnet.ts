/** A small private network that this host has no route to, so that nobody takes an address in a log for one of its neighbours. */

import { readFileSync } from 'node:fs';
import { BenchError } from '#proto';

export interface Subnet {
  readonly sutIpv4: string;
  readonly loadIpv4: string;
  readonly bits: 30;
}

const BITS = 30;
const MASK = 0xfffffffc;

/** @param table /proc/net/route; a default route reaches everything and says nothing
 * @returns two neighbours of 10.183.N.0/30. @throws BenchError unsupported when all are taken */
export function freeSubnet(table: string = readFileSync('/proc/net/route', 'latin1')): Subnet {
  const taken = networksOf(table);
  for (let n = 0; n < 256; n++) {
    const network = ((10 << 24) | (183 << 16) | (n << 8)) >>> 0;
    if (taken.some((one) => overlap(one, network))) continue;
    return { sutIpv4: `10.183.${n}.1`, loadIpv4: `10.183.${n}.2`, bits: BITS };
  }
  throw new BenchError(
    'unsupported',
    'this host has routes into all of 10.183.0.0/16, where network namespaces get addresses',
  );
}

interface Network {
  readonly address: number;
  readonly mask: number;
}

function networksOf(table: string): Network[] {
  return table.split('\n').flatMap((line) => {
    const [, to, , , , , , mask] = line.trim().split(/\s+/);
    if (to === undefined || mask === undefined || !/^[0-9A-F]{8}$/.test(to) || !/^[0-9A-F]{8}$/.test(mask)) return [];
    const network = { address: hostOrder(to), mask: hostOrder(mask) };
    return network.mask === 0 ? [] : [network];
  });
}

/** they share addresses when they agree in the bits of the shorter mask */
function overlap({ address, mask }: Network, network: number): boolean {
  const common = (mask & MASK) >>> 0;
  return (address & common) >>> 0 === (network & common) >>> 0;
}

/** the table's words are in the machine's byte order, which is little-endian wherever Node runs */
function hostOrder(hex: string): number {
  return Number.parseInt([6, 4, 2, 0].map((at) => hex.slice(at, at + 2)).join(''), 16) >>> 0;
}
