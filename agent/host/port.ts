/** What plugins (conditions, mechanisms, SUTs) get of the host. */

import type { FarLoad } from '../load/remote/far-load.ts';
import type { RunAs } from '../security/run-as.ts';
import type { Pinning } from './cores.ts';
import type { UndoStack } from './undo.ts';

export interface HostPort {
  readonly pinning: Pinning;
  readonly undo: UndoStack;
  /** who the SUTs and the load generator run as; this process's own user when absent */
  readonly runAs?: RunAs;
  /** the load generator on another node; there in conditions across nodes */
  readonly far?: FarLoad;
}
