/** What a veth pair ends at outside: a container engine's bridge is no gateway, and nothing else shows that it stands between two containers. */

import { basename } from 'node:path';
import { listDir, readLink, readText } from './proc.ts';

const DEVICES = '/sys/class/net';

/** @param pid a process beside the device @returns the bridge in this process's network namespace that the device's other end is a port of; ''
 * where there is none or it is not seen from here */
export function bridgeBehind(pid: number, device: string): string {
  const own = numbersOf(`/proc/${pid}/root${DEVICES}/${device}`);
  if (own === null) return '';
  const port = listDir(DEVICES).find((name) => {
    const numbers = numbersOf(`${DEVICES}/${name}`);
    return numbers !== null && numbers.index === own.peer && numbers.peer === own.index;
  });
  const master = port === undefined ? null : readLink(`${DEVICES}/${port}/master`);
  if (master === null || readText(`${DEVICES}/${basename(master)}/bridge/bridge_id`) === null) return '';
  return basename(master);
}

/** @returns null for a device that is not one of two ends: it names itself as the other */
function numbersOf(folder: string): { index: number; peer: number } | null {
  const [index, peer] = ['ifindex', 'iflink'].map((name) => Number(readText(`${folder}/${name}`) ?? 0)) as [
    number,
    number,
  ];
  return index > 0 && peer > 0 && index !== peer ? { index, peer } : null;
}
