/** The interval of a statistic's shift, where a row holds one. */

import type { Comparison } from '../analysis/results.ts';
import type { GateShift } from './types.ts';

/** The shifts with an interval of their own, else a decile of the shift function. A decile's band holds all nine together, so it is wider
 * than an interval of that decile alone: a gate on it errs to the safe side. */
export function shiftOf(c: Comparison, statistic: string): GateShift | null {
  if (statistic === 'mean' || statistic === 'p50' || statistic === 'p99') return c.shifts[statistic];
  const band = c.shiftFunction;
  const at = band ? band.probabilities.findIndex((q) => `p${Math.round(q * 100)}` === statistic) : -1;
  if (!band || at < 0) return null;
  return {
    estimateNs: band.shiftNs[at] as number,
    lowNs: band.bandLowNs[at] as number,
    highNs: band.bandHighNs[at] as number,
    confidence: band.confidence,
  };
}

/** what can be asked of these rows; mean, p50 and p99 always, as a row that lacks them is unusable rather than unknown */
export function statisticsOf(rows: readonly Comparison[]): readonly string[] {
  const deciles = rows.flatMap((c) => c.shiftFunction?.probabilities ?? []).map((q) => `p${Math.round(q * 100)}`);
  const all = [...new Set(['p50', 'p99', ...deciles])].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  return ['mean', ...all];
}
