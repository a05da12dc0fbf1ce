/** The contract's part about processes that no hook watches. */

import type { Part } from './results-decomposition.ts';

/** What an attached mechanism costs each read of a process that it was not asked to watch. */
export interface BystanderRow {
  /** what was read from, beside the study's own instances */
  readonly sut: string;
  readonly condition: string;
  readonly node: string;
  /** none: the A/A arm, nothing attached against nothing attached */
  readonly treated: string;
  /** median of a read while nothing was attached, mean over process starts */
  readonly base: Part;
  /** shift of the median of a read, attached − not attached */
  readonly shift: Part;
  readonly sentence: string;
}

export interface Bystanders {
  readonly rows: readonly BystanderRow[];
  /** why there are none; null where there are */
  readonly notMeasured: string | null;
}
