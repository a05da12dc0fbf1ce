/** Who else used the machine between two looks at it. */

import type { Tenants } from '#proto';
import { stalledMs, stealMs } from '../host/pressure.ts';
import { missing, shareOf, tried } from './fact.ts';
import { foreignCpu, type ProcessTable, processTable } from './foreign.ts';

export interface TenantsLook {
  readonly atMs: number;
  readonly stealMs: number | null;
  readonly cpuStalledMs: number | null;
  /** null when it could not be had */
  readonly table: ProcessTable | null;
}

/** @param ends pids of the load generator and the SUTs */
export function lookAtTenants(ends: readonly number[]): TenantsLook {
  return {
    atMs: performance.now(),
    stealMs: tried<number | null>(stealMs, () => null),
    cpuStalledMs: stalledMs('/proc/pressure/cpu'),
    table: tried<ProcessTable | null>(
      () => processTable(ends),
      () => null,
    ),
  };
}

export function tenantsBetween(from: TenantsLook, to: TenantsLook): Tenants {
  const spanMs = to.atMs - from.atMs;
  const unseen = { share: missing('the processes of the machine could not be listed'), programs: [] };
  const foreign = from.table === null || to.table === null ? unseen : foreignCpu(from.table, to.table);
  return {
    stealShare: shareOf(from.stealMs, to.stealMs, { spanMs, why: '/proc/stat could not be read' }),
    foreignCpuShare: foreign.share,
    cpuPressureShare: shareOf(from.cpuStalledMs, to.cpuStalledMs, {
      spanMs,
      why: 'no /proc/pressure/cpu (CONFIG_PSI)',
    }),
    foreign: foreign.programs,
  };
}
