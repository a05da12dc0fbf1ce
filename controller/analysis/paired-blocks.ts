/** What two arms differ by in each block they share: the raw material of everything that looks beyond the row's own interval. */

import { quantile } from '../stats/quantile.ts';
import { type SortedSamples, sortInPlace } from '../stats/samples.ts';
import { DECILES } from '../stats/shift-function.ts';
import type { ArmSamples, BlockSpan } from './select.ts';

export interface PairedBlock {
  readonly fork: number;
  readonly block: number;
  /** samples of the arm that has fewer */
  readonly n: number;
  /** treated − baseline */
  readonly medianShiftNs: number;
  /** what the requests within the block alone make the median shift vary by, ns² */
  readonly requestVariance: number;
  /** treated − baseline at each decile; null where a block has fewer than 20 samples of an arm */
  readonly decileShiftsNs: Float64Array | null;
}

/** Shifts of each block in which both arms have ≥ 5 samples, in the treated arm's order.
 * Time O(n log block), one sorted copy of one block at a time. */
export function pairedBlocks(baseline: ArmSamples, treated: ArmSamples): readonly PairedBlock[] {
  const key = ({ fork, block }: BlockSpan) => `${fork}/${block}`;
  const partners = new Map(baseline.blocks.map((span) => [key(span), span]));
  return treated.blocks.flatMap((span) => {
    const partner = partners.get(key(span));
    if (!partner || Math.min(lengthOf(span), lengthOf(partner)) < MIN_PER_BLOCK) return [];
    return [compared(span, sortedBlock(baseline, partner), sortedBlock(treated, span))];
  });
}

/** blocks of each fork, in the order they come */
export function byFork(blocks: readonly PairedBlock[]): ReadonlyMap<number, readonly PairedBlock[]> {
  const groups = new Map<number, PairedBlock[]>();
  for (const block of blocks) {
    const own = groups.get(block.fork);
    if (own) own.push(block);
    else groups.set(block.fork, [block]);
  }
  return groups;
}

const MIN_PER_BLOCK = 5;
const MIN_FOR_DECILES = 20;

function compared({ fork, block }: BlockSpan, before: SortedSamples, after: SortedSamples): PairedBlock {
  const n = Math.min(before.length, after.length);
  const at = (q: number) => quantile(after, q) - quantile(before, q);
  return {
    ...{ fork, block, n },
    medianShiftNs: at(0.5),
    requestVariance: medianVariance(before) + medianVariance(after),
    decileShiftsNs: n < MIN_FOR_DECILES ? null : Float64Array.from(DECILES, at),
  };
}

/** A median's variance from the order statistics one standard error of the share below it apart (Woodruff 1952), as of independent requests. */
function medianVariance(sorted: SortedSamples): number {
  const shareError = 0.5 / Math.sqrt(sorted.length);
  return ((quantile(sorted, 0.5 + shareError) - quantile(sorted, 0.5 - shareError)) / 2) ** 2;
}

function sortedBlock(arm: ArmSamples, { start, end }: BlockSpan): SortedSamples {
  return sortInPlace(arm.latencyNs.slice(start, end));
}

function lengthOf({ start, end }: BlockSpan): number {
  return end - start;
}
