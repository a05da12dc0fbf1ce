/** Limits that the two ends of a measurement ran into between two looks: those of their cgroups, and of the machine. */

import { join } from 'node:path';
import type { Fact, Limits } from '#proto';
import { cgroupsOf, memoryEvents, throttledMs } from '../host/cgroups.ts';
import { stalledMs } from '../host/pressure.ts';
import { fact, missing, shareOf, worst } from './fact.ts';

/** counter by the file or folder it was read from; null where that could not be read */
type Counters = ReadonlyMap<string, number | null>;

export interface LimitsLook {
  readonly atMs: number;
  readonly throttledMs: Counters;
  readonly memoryStalledMs: Counters;
  readonly ioStalledMs: Counters;
  readonly memoryEvents: Counters;
}

/** @param ends.load its pid, none where it is on another node @param ends.sut pids of all its instances */
export function lookAtLimits(ends: { load: readonly number[]; sut: readonly number[] }): LimitsLook {
  const cgroups = [...ends.load, ...ends.sut].map(cgroupsOf);
  const memory = cgroups.flatMap((one) => one.memory ?? []);
  const pressureFiles = (resource: string) => [
    `/proc/pressure/${resource}`,
    ...cgroups.flatMap(({ unified }) => (unified === null ? [] : join(unified, `${resource}.pressure`))),
  ];
  return {
    atMs: performance.now(),
    throttledMs: counters(
      cgroups.flatMap(({ cpu }) => cpu),
      throttledMs,
    ),
    memoryStalledMs: counters(pressureFiles('memory'), stalledMs),
    ioStalledMs: counters(pressureFiles('io'), stalledMs),
    memoryEvents: counters(memory, memoryEvents),
  };
}

export function limitsBetween(from: LimitsLook, to: LimitsLook, runQueue: { sut: Fact; load: Fact }): Limits {
  const spanMs = to.atMs - from.atMs;
  const share = (key: 'throttledMs' | 'memoryStalledMs' | 'ioStalledMs', why: string) =>
    worst(
      [...to[key]].map(([path, value]) => {
        const grown = shareOf(from[key].get(path) ?? null, value, { spanMs, why });
        // throttled time is added up over the cores, and a stall can end a moment after the clock was read
        return grown.missing === '' ? fact(Math.min(1, grown.value)) : grown;
      }),
      why,
    );
  return {
    throttledShare: share('throttledMs', 'no cgroup of either end says how long it was throttled (cpu.stat)'),
    memoryPressureShare: share('memoryStalledMs', 'no /proc/pressure/memory (CONFIG_PSI)'),
    ioPressureShare: share('ioStalledMs', 'no /proc/pressure/io (CONFIG_PSI)'),
    sutRunQueueShare: runQueue.sut,
    loadRunQueueShare: runQueue.load,
    memoryEvents: grownBy(from.memoryEvents, to.memoryEvents),
  };
}

function grownBy(from: Counters, to: Counters): Fact {
  const growths = [...to].flatMap(([path, value]) => {
    const before = from.get(path) ?? null;
    return value === null || before === null ? [] : [Math.max(0, value - before)];
  });
  if (growths.length === 0)
    return missing('no memory cgroup of either end says how often its limit was met (memory.events, memory.failcnt)');
  return fact(growths.reduce((sum, one) => sum + one, 0));
}

/** each path once */
function counters(paths: readonly string[], read: (path: string) => number | null): Counters {
  return new Map([...new Set(paths)].map((path) => [path, read(path)]));
}
