/** What plugins (conditions, mechanisms, SUTs) get of the host. */

import type { Pinning } from './cores.ts';
import type { UndoStack } from './undo.ts';

export interface HostPort {
  readonly pinning: Pinning;
  readonly undo: UndoStack;
}
