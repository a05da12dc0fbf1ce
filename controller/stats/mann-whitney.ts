import { requireAtLeast } from './errors.ts';
import { lnNormalUpperTail } from './normal.ts';
import type { SortedSamples } from './samples.ts';

export interface MannWhitney {
  /** pairs in which treated is the larger, ties counted half */
  readonly u: number;
  readonly z: number;
  readonly p: number;
  readonly log10P: number;
}

/** Mann–Whitney U of the treated arm, two-sided.
 * @param baseline, treated ascending, ≥ 1 value each, equal units
 * @returns u of treated, z, p and log10 p; p = 1 where all values are equal
 * @throws StatsError sample-too-small
 * Normal approximation with tie and continuity correction, as scipy's method='asymptotic'. Assumes independent samples.
 * Time O(n₁ + n₂) on sorted input, no copy. Source: Mann & Whitney 1947. Oracle: scipy.stats.mannwhitneyu. */
export function mannWhitney(baseline: SortedSamples, treated: SortedSamples): MannWhitney {
  requireAtLeast(1, baseline.length, 'Mann–Whitney, baseline');
  requireAtLeast(1, treated.length, 'Mann–Whitney, treated');
  const pairs = baseline.length * treated.length;
  const n = baseline.length + treated.length;
  const { u, tieTerm } = countPairs(baseline, treated);
  const sd = Math.sqrt((pairs / 12) * (n + 1 - tieTerm / (n * (n - 1))));
  if (!(sd > 0)) return { u, z: 0, p: 1, log10P: 0 };
  const distance = Math.abs(u - pairs / 2) - 0.5;
  const lnP = Math.min(0, Math.LN2 + lnNormalUpperTail(distance / sd));
  return { u, z: (u - pairs / 2) / sd, p: Math.exp(lnP), log10P: lnP / Math.LN10 };
}

/** one merge of both arrays, one group of equal values at a time */
function countPairs(baseline: SortedSamples, treated: SortedSamples): { u: number; tieTerm: number } {
  const m = baseline.length;
  const n = treated.length;
  let u = 0;
  let tieTerm = 0;
  let i = 0;
  let j = 0;
  while (i < m || j < n) {
    // reading past an end would make every read slow
    const isBaseline = j === n || (i < m && (baseline[i] as number) <= (treated[j] as number));
    const value = (isBaseline ? baseline[i] : treated[j]) as number;
    const startI = i;
    const startJ = j;
    while (i < m && baseline[i] === value) i++;
    while (j < n && treated[j] === value) j++;
    const ties = i - startI + (j - startJ);
    u += (j - startJ) * (startI + (i - startI) / 2);
    tieTerm += ties * ties * ties - ties;
  }
  return { u, tieTerm };
}
