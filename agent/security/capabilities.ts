/** Which capabilities of Linux each mechanism needs, as measured (test/agent/security), and which this process has. */

import { readFileSync } from 'node:fs';

/** numbers of include/uapi/linux/capability.h */
const NUMBERS = { CAP_SYS_ADMIN: 21, CAP_PERFMON: 38, CAP_BPF: 39 } as const;
export type CapabilityName = keyof typeof NUMBERS;

/** uprobes of one process by perf_event_open, and the numbers of the kernel's types (bpf_btf_get_next_id, which bpftrace asks for) */
const ADMIN: readonly CapabilityName[] = ['CAP_SYS_ADMIN'];

/** mechanisms that are not here need none */
export const NEEDED: Readonly<Record<string, readonly CapabilityName[]>> = {
  bpf: ['CAP_BPF', 'CAP_PERFMON'],
  bpftrace: ADMIN,
  uprobe: ADMIN,
  'uprobe:symbol': ADMIN,
};

/** @returns those that this process lacks for a mechanism. CAP_SYS_ADMIN includes both, as it did before Linux 5.8 had them. */
export function missingCapabilities(mechanism: string, effective: bigint = effectiveCapabilities()): CapabilityName[] {
  const has = (name: CapabilityName) => ((effective >> BigInt(NUMBERS[name])) & 1n) === 1n;
  return has('CAP_SYS_ADMIN') ? [] : (NEEDED[mechanism] ?? []).filter((name) => !has(name));
}

/** as bits; all set where the kernel does not tell, so that trying decides */
function effectiveCapabilities(): bigint {
  try {
    const found = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'));
    return found === null ? ~0n : BigInt(`0x${found[1]}`);
  } catch {
    return ~0n;
  }
}
