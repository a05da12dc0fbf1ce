/** The only list of conditions. */

import type { Condition } from './condition.ts';
import { processCondition } from './process.ts';

export const CONDITIONS: readonly Condition[] = [processCondition];
