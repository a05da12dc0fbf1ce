/** A process start that never settled is said to be one, not silently cut. */

import type { Arm } from './record.ts';
import type { Flag } from './results.ts';
import type { CellWarmup } from './warmup.ts';

/** @param arms the two compared ones */
export function settlingFlag({ forks }: CellWarmup, arms: readonly { readonly arm: Arm }[]): readonly Flag[] {
  const starts = [...forks.values()];
  const unsettled = arms.flatMap(({ arm }) => {
    const own = starts.filter(({ settled }) => settled.get(arm.index) === false).map(({ fork }) => fork + 1);
    const name = arm.aa ? 'the second none' : arm.mechanism;
    const which = `fork${own.length === 1 ? '' : 's'} ${own.join(', ')}`;
    return own.length === 0 ? [] : [`${name} in ${own.length} of ${starts.length} process starts (${which})`];
  });
  if (unsettled.length === 0) return [];
  const shared = starts.filter(({ settled }) => [...settled.values()].every((one) => one === false));
  const alike =
    shared.length === 0
      ? ''
      : ` In ${shared.length} of them every arm did so alike: the machine's doing rather than one process's, and interleaving keeps it out of the difference.`;
  const detail = `Latencies did not settle within the first half of what was measured, or left their level later: ${unsettled.join('; ')}.${alike} Nothing was cut for their sake; use a longer --warmup-floor, more requests or a quieter machine.`;
  return [{ code: 'unstable-warmup', detail }];
}
