/** Linux capabilities that an agent may have use for, by their number in include/uapi/linux/capability.h: who starts one gives it no others. */

export const AGENT_CAPABILITIES = {
  CAP_CHOWN: 0,
  CAP_DAC_READ_SEARCH: 2,
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_SYS_CHROOT: 18,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;
export type CapabilityName = keyof typeof AGENT_CAPABILITIES;

/** Words for setpriv(1) that keep these, of those that the process has, and take all others away for good, also from what it starts. By number, since
 * older versions do not know all names. */
export function onlyAgentCapabilities(): string[] {
  const kept = Object.values(AGENT_CAPABILITIES).map((number) => `+cap_${number}`);
  return ['--no-new-privs', '--inh-caps=-all', `--bounding-set=-all,${kept.join(',')}`];
}

/** @param status text of /proc/PID/status. @returns bits of one of its sets; null where the kernel does not tell */
export function capabilitySet(
  status: string,
  set: 'CapEff' | 'CapPrm' | 'CapInh' | 'CapBnd' | 'CapAmb',
): bigint | null {
  const found = new RegExp(`^${set}:\\s*([0-9a-f]+)$`, 'm').exec(status);
  return found === null ? null : BigInt(`0x${found[1]}`);
}

/** bits of these, as in /proc/PID/status */
export function capabilityBits(names: readonly CapabilityName[]): bigint {
  return names.reduce((bits, name) => bits | (1n << BigInt(AGENT_CAPABILITIES[name])), 0n);
}
