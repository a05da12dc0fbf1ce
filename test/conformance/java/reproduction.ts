/** How a disagreement is had again. */

import type { KeywordSet } from '../keyword-sets.ts';
import type { JavaSubject } from './suite.ts';

export function reproductionOf(
  { action, functions }: JavaSubject,
  o: { seed: number; set: KeywordSet; label: string; reads: number },
): string {
  return `jvmti ${action} (${functions.join(', ')}): seed ${o.seed}, script "${o.label}" of keyword list ${o.set}, ${o.reads} reads`;
}
