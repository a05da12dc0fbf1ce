/** The contract's part about what the kernel counts of a hook's programs. */

import type { Part } from './results-decomposition.ts';

/** What the programs of an attached mechanism take of one read, by the kernel's run-time statistics, outside the timed stretches. */
export interface KernelTimeRow {
  readonly sut: string;
  readonly condition: string;
  readonly node: string;
  readonly treated: string;
  /** requests that it rests on, over all process starts */
  readonly reads: number;
  /** programs' time of one read, runs that are filtered out taken off; a mean, and with the kernel's own clock in it (some 20 ns a run) */
  readonly perRead: Part;
}
