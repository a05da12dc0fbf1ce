/** What a process of the bench used between two moments. */

export interface Usage {
  readonly cpuS: number;
  /** most memory so far, MiB */
  readonly rssMib: number;
}

export function usageNow(): Usage {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuS: (userCPUTime + systemCPUTime) / 1e6, rssMib: maxRSS / 1024 };
}

export function usageSince(begin: Usage): Usage {
  const now = usageNow();
  return { cpuS: now.cpuS - begin.cpuS, rssMib: now.rssMib };
}
