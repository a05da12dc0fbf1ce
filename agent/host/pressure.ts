/** Signs that the host held the measurement back: CPU steal, cgroup throttling and stalls between two readings. */

import { readFileSync } from 'node:fs';
import { throttledMs } from './cgroups.ts';

export interface Pressure {
  readonly atMs: number;
  /** CPU time stolen by the hypervisor since boot, all cores, ms */
  readonly stealMs: number;
  /** cgroup folder → time for which it was throttled since its creation, ms; one in another is held back with it, so they are not added up */
  readonly throttledMs: ReadonlyMap<string, number>;
}

/** more than this share of the time stolen or throttled, and the study says so */
const SHARE_LIMIT = 0.02;

/** @param cpuCgroups folders of the cgroups whose CPU limits matter (cgroups.ts), each once */
export function readPressure(cpuCgroups: readonly string[]): Pressure {
  const throttled = new Map(cpuCgroups.map((dir) => [dir, throttledMs(dir) ?? 0]));
  return { atMs: performance.now(), stealMs: stealMs(), throttledMs: throttled };
}

/** Stolen time strikes all arms alike, since they are interleaved: it widens intervals and is told. From here on it counts as throttling. */
const STEAL_IS_THROTTLING = 0.25;

export interface PressureFinding {
  /** `throttled` makes the study's comparisons invalid, `cpu-steal` is a warning */
  readonly code: 'throttled' | 'cpu-steal';
  readonly detail: string;
}

/** @returns empty when there is nothing to tell */
export function pressureFindings(from: Pressure, to: Pressure): PressureFinding[] {
  const spanMs = to.atMs - from.atMs;
  if (spanMs <= 0) return [];
  const findings: PressureFinding[] = [];
  const stolen = (to.stealMs - from.stealMs) / spanMs;
  const growths = [...to.throttledMs].map(([dir, ms]) => ms - (from.throttledMs.get(dir) ?? ms));
  const throttled = Math.max(0, ...growths) / spanMs;
  if (stolen > SHARE_LIMIT) {
    const code = stolen > STEAL_IS_THROTTLING ? 'throttled' : 'cpu-steal';
    findings.push({ code, detail: `the hypervisor stole ${(stolen * 100).toFixed(1)} % of one core's time` });
  }
  if (throttled > SHARE_LIMIT) {
    const share = (throttled * 100).toFixed(1);
    findings.push({
      code: 'throttled',
      detail: `a cgroup's CPU limit held the measurement back ${share} % of the time`,
    });
  }
  return findings;
}

/** CPU time stolen by the hypervisor since boot, all cores, ms */
export function stealMs(): number {
  const ticks = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number);
  return (ticks[7] ?? 0) * 10;
}

/** Time in which some task waited (pressure stall information), ms since boot or since the cgroup was made.
 * @param path a file like /proc/pressure/cpu or a cgroup's cpu.pressure
 * @returns null where the kernel does not count it */
export function stalledMs(path: string): number | null {
  try {
    const us = /^some .*\btotal=(\d+)/m.exec(readFileSync(path, 'utf8'))?.[1];
    return us === undefined ? null : Number(us) / 1e3;
  } catch {
    return null;
  }
}
