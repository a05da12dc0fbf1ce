/** Why a program that watches system calls doesn't block, and what this kernel would offer instead, as it answered. */

import type { ActionLimit } from '../mechanism.ts';
import { KERNEL_CAPABILITIES, kernelCapabilities } from './capabilities.ts';

export async function blockLimit(): Promise<readonly ActionLimit[]> {
  const found = await kernelCapabilities();
  const list = (support: 'supported' | 'refused') =>
    found
      .filter((capability) => capability.support === support)
      .map(({ id, found: words }) => `${KERNEL_CAPABILITIES[id]} (${words})`)
      .join('; ') || 'nothing';
  const why = `it sees a read when the bytes are in the program already. This kernel would take: ${list('supported')}. It refuses: ${list('refused')}`;
  return [{ action: 'block', why }];
}
