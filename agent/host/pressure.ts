/** Signs that the host held the measurement back: CPU steal and cgroup throttling between two readings. */

import { existsSync, readFileSync } from 'node:fs';

export interface Pressure {
  readonly atMs: number;
  /** CPU time stolen by the hypervisor since boot, all cores, ms */
  readonly stealMs: number;
  /** time this cgroup was throttled since its creation, ms; 0 where there is no limit */
  readonly throttledMs: number;
}

/** more than this share of the time stolen or throttled, and the study says so */
const SHARE_LIMIT = 0.02;

export function readPressure(): Pressure {
  return { atMs: performance.now(), stealMs: stealMs(), throttledMs: throttledMs() };
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
  const throttled = (to.throttledMs - from.throttledMs) / spanMs;
  if (stolen > SHARE_LIMIT) {
    const code = stolen > STEAL_IS_THROTTLING ? 'throttled' : 'cpu-steal';
    findings.push({ code, detail: `the hypervisor stole ${(stolen * 100).toFixed(1)} % of one core's time` });
  }
  if (throttled > SHARE_LIMIT) {
    const share = (throttled * 100).toFixed(1);
    findings.push({ code: 'throttled', detail: `the cgroup's CPU limit held the agent back ${share} % of the time` });
  }
  return findings;
}

function stealMs(): number {
  const ticks = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number);
  return (ticks[7] ?? 0) * 10;
}

function throttledMs(): number {
  for (const [path, pattern, perMs] of [
    ['/sys/fs/cgroup/cpu.stat', /^throttled_usec (\d+)/m, 1e3],
    ['/sys/fs/cgroup/cpu/cpu.stat', /^throttled_time (\d+)/m, 1e6],
  ] as const) {
    if (!existsSync(path)) continue;
    const found = pattern.exec(readFileSync(path, 'utf8'));
    if (found !== null) return Number(found[1]) / perMs;
  }
  return 0;
}
