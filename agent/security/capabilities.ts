/** Which capabilities of Linux each mechanism needs, as measured (test/agent/security), and which this process has. */

import { readFileSync } from 'node:fs';
import { type CapabilityName, capabilityBits, capabilitySet } from '#proto';

const TRACING: readonly CapabilityName[] = ['CAP_BPF', 'CAP_PERFMON'];
/** uprobes of one process by perf_event_open */
const ADMIN: readonly CapabilityName[] = ['CAP_SYS_ADMIN'];

/** mechanisms that are not here need none */
export const NEEDED: Readonly<Record<string, readonly CapabilityName[]>> = {
  bpf: TRACING,
  bpftrace: TRACING,
  uprobe: ADMIN,
  'uprobe:symbol': ADMIN,
  'sk-skb': ADMIN,
};

/** To run SUTs as another user: to become it, to take its bounding set away, to let its group reach the ring, to end it, and to look at its
 * memory map, descriptors and cgroup in /proc. */
export const NEEDED_FOR_RUN_AS: readonly CapabilityName[] = [
  ...(['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'] as const),
  ...(['CAP_CHOWN', 'CAP_KILL', 'CAP_SYS_PTRACE'] as const),
];

/** @returns those that this process lacks for a mechanism. CAP_SYS_ADMIN includes both, as it did before Linux 5.8 had them. */
export function missingCapabilities(mechanism: string, effective: bigint = effectiveCapabilities()): CapabilityName[] {
  const needed = NEEDED[mechanism] ?? [];
  return has('CAP_SYS_ADMIN', effective) ? [] : needed.filter((name) => !has(name, effective));
}

export function lackingForRunAs(effective: bigint = effectiveCapabilities()): CapabilityName[] {
  return NEEDED_FOR_RUN_AS.filter((name) => !has(name, effective));
}

/** whether this process has it */
export function hasCapability(name: CapabilityName): boolean {
  return has(name, effectiveCapabilities());
}

function has(name: CapabilityName, effective: bigint): boolean {
  return (effective & capabilityBits([name])) !== 0n;
}

/** as bits; all set where the kernel does not tell, so that trying decides */
function effectiveCapabilities(): bigint {
  try {
    return capabilitySet(readFileSync('/proc/self/status', 'latin1'), 'CapEff') ?? ~0n;
  } catch {
    return ~0n;
  }
}
