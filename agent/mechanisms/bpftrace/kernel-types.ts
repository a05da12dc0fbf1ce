/** The kernel's names for numbers, for a bpftrace that may not ask the kernel for them.
 *
 * bpftrace makes C of the fields of every tracepoint that a script names, and takes the types in it from the kernel's own description. Listing that
 * (bpf, BPF_BTF_GET_NEXT_ID) is refused without CAP_SYS_ADMIN, also with CAP_BPF and CAP_PERFMON, which are all that the rest needs. With these lines
 * it needs no list. Where it has the list they would get into each other's way. */

import { hasCapability } from '../../security/capabilities.ts';

const TYPES = {
  ...{ u8: 'unsigned char', u16: 'unsigned short', u32: 'unsigned int', u64: 'unsigned long long' },
  ...{ s8: 'signed char', s16: 'short', s32: 'int', s64: 'long long', size_t: 'unsigned long' },
} as const;

/** @returns '' for a process that may list them */
export function kernelTypes(mayList: boolean = hasCapability('CAP_SYS_ADMIN')): string {
  const lines = Object.entries(TYPES).map(([name, type]) => `#define ${name} ${type}\n`);
  return mayList ? '' : lines.join('');
}
