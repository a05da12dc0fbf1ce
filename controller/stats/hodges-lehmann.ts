import { requireAtLeast, requireWithin } from './errors.ts';
import { normalQuantile } from './normal-quantile.ts';
import { kthDifference } from './pair-selection.ts';
import { mannWhitneyQuantile, signedRankQuantile } from './rank-distributions.ts';
import type { Samples, SortedSamples } from './samples.ts';

export interface ShiftInterval {
  readonly shift: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** Hodges–Lehmann shift: the median of all differences treated − baseline, with the interval that inverts Mann–Whitney's test.
 * @param baseline, treated ascending, ≥ 1 value each, equal units
 * @param confidence in (0, 1)
 * @returns shift, low and high, in the samples' unit: all of them differences that occur (or the middle of two).
 *   With too few values for the confidence the interval is the whole range of differences, and covers less
 * @throws StatsError sample-too-small | bad-argument
 * Exact selection among the n₁·n₂ pairs; ranks of the ends exact up to n₁·n₂ = 2,500, normal above (no tie correction: wide, never narrow).
 * Assumes independent samples and a pure shift. Time O(n log n) per end, O(1) memory. Source: Hodges & Lehmann 1963; Lehmann 1975 §2.5.
 * Oracle: numpy over all pairs; ends as R's wilcox.test(conf.int = TRUE). */
export function hodgesLehmann(baseline: SortedSamples, treated: SortedSamples, confidence: number): ShiftInterval {
  requireAtLeast(1, baseline.length, 'Hodges–Lehmann, baseline');
  requireAtLeast(1, treated.length, 'Hodges–Lehmann, treated');
  requireWithin(Number.EPSILON, 1 - Number.EPSILON, confidence, 'confidence');
  const pairs = baseline.length * treated.length;
  const cut = Math.max(1, criticalU(baseline.length, treated.length, (1 - confidence) / 2));
  const at = (rank: number) => kthDifference(baseline, treated, rank);
  const lowerMiddle = at(Math.floor((pairs - 1) / 2));
  const upperMiddle = pairs % 2 === 1 ? lowerMiddle : at(pairs / 2);
  return { shift: (lowerMiddle + upperMiddle) / 2, low: at(cut - 1), high: at(pairs - cut), confidence };
}

/** Hodges–Lehmann estimate of one sample's centre: the median of all Walsh averages, with the interval that inverts Wilcoxon's signed-rank test.
 * @param units one value per unit (a block's or a fork's difference), 1 to 4,000
 * @param confidence in (0, 1)
 * @returns shift, low and high, as `hodgesLehmann`
 * @throws StatsError sample-too-small | bad-argument
 * Ranks of the ends exact up to 60 units, normal above. Assumes independent units, symmetric about their centre.
 * Time O(n² log n). Source: Hodges & Lehmann 1963, Walsh 1949. Oracle: numpy over all averages. */
export function pseudoMedian(units: Samples, confidence: number): ShiftInterval {
  const n = units.length;
  requireAtLeast(1, n, 'pseudo-median');
  requireWithin(1, 4_000, n, 'units');
  requireWithin(Number.EPSILON, 1 - Number.EPSILON, confidence, 'confidence');
  const averages = new Float64Array((n * (n + 1)) / 2);
  let filled = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) averages[filled++] = ((units[i] as number) + (units[j] as number)) / 2;
  }
  averages.sort();
  const pairs = averages.length;
  const cut = Math.max(1, criticalV(n, (1 - confidence) / 2));
  const at = (rank: number) => averages[rank] as number;
  const shift = (at(Math.floor((pairs - 1) / 2)) + at(Math.floor(pairs / 2))) / 2;
  return { shift, low: at(cut - 1), high: at(pairs - cut), confidence };
}

const EXACT_PAIRS = 2_500;
const EXACT_UNITS = 60;

/** How many differences are left out on each side, plus one. */
function criticalU(m: number, n: number, tail: number): number {
  if (m * n <= EXACT_PAIRS) return mannWhitneyQuantile(m, n, tail);
  return Math.floor((m * n) / 2 + normalQuantile(tail) * Math.sqrt((m / 12) * n * (m + n + 1)));
}

function criticalV(n: number, tail: number): number {
  if (n <= EXACT_UNITS) return signedRankQuantile(n, tail);
  const pairs = n * (n + 1);
  return Math.floor(pairs / 4 + normalQuantile(tail) * Math.sqrt((pairs * (2 * n + 1)) / 24));
}
