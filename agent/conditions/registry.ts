/** The only list of conditions. */

import type { Condition } from './condition.ts';
import { netns } from './netns/index.ts';
import { processCondition } from './process.ts';

export const CONDITIONS: readonly Condition[] = [processCondition, netns];
