/** From the rounds of a run to a number with an interval. */

import { quantile } from '../../controller/stats/quantile.ts';
import { type Samples, sortedCopy } from '../../controller/stats/samples.ts';

export interface Estimate {
  readonly ns: number;
  readonly lowNs: number;
  readonly highNs: number;
  readonly rounds: number;
  /** what the interval covers: at least what was asked for, or all that so few rounds allow */
  readonly confidence: number;
}

/** The median with its distribution-free interval: two order statistics, as far inwards as the confidence allows.
 * @param values ≥ 1, one per round, ns
 * @param confidence in (0, 1)
 * Assumes independent rounds and nothing of their distribution: no round is too slow to be in it. Time O(n log n).
 * Source: Conover, Practical Nonparametric Statistics, 3.2. Oracle: the table of ranks in the test. */
export function medianInterval(values: Samples, confidence: number): Estimate {
  const sorted = sortedCopy(values);
  const n = sorted.length;
  const tails = lowerTails(n);
  let rank = 0;
  while (rank + 1 < n / 2 && 1 - 2 * tails[rank + 1]! >= confidence) rank += 1;
  return {
    ns: quantile(sorted, 0.5),
    lowNs: sorted[rank]!,
    highNs: sorted[n - 1 - rank]!,
    rounds: n,
    confidence: 1 - 2 * tails[rank]!,
  };
}

/** P(Binomial(n, ½) ≤ k) for k from 0 on, up to half of n */
function lowerTails(n: number): number[] {
  const tails: number[] = [];
  let [term, sum] = [0.5 ** n, 0];
  for (let k = 0; k <= n / 2; k++) {
    sum += term;
    tails.push(sum);
    term *= (n - k) / (k + 1);
  }
  return tails;
}
