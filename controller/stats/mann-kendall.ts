import { lnNormalUpperTail } from './normal.ts';
import { type Samples, sortedCopy } from './samples.ts';

export interface MannKendall {
  /** rising minus falling pairs, all strata together */
  readonly s: number;
  readonly z: number;
  readonly p: number;
}

/** Mann–Kendall test for a monotone trend, summed over strata (the seasonal form), so that jumps between them do not count.
 * @param strata each a series in time order; those shorter than 2 add nothing
 * @returns s, z with continuity correction, two-sided p (1 where nothing can be said)
 * Assumes independent values within a stratum: with autocorrelation it finds trends too often, so use a strict level.
 * Time O(Σn²). Source: Mann 1945, Kendall 1975, Hirsch, Slack & Smith 1982. Oracle: scipy.stats.kendalltau for s. */
export function mannKendall(strata: readonly Samples[]): MannKendall {
  let s = 0;
  let variance = 0;
  for (const series of strata) {
    s += risingMinusFalling(series);
    variance += varianceOfS(series);
  }
  if (!(variance > 0) || s === 0) return { s, z: 0, p: 1 };
  const z = (s - Math.sign(s)) / Math.sqrt(variance);
  return { s, z, p: Math.min(1, 2 * Math.exp(lnNormalUpperTail(Math.abs(z)))) };
}

function risingMinusFalling(series: Samples): number {
  let s = 0;
  for (let i = 0; i < series.length; i++) {
    for (let j = i + 1; j < series.length; j++) s += Math.sign((series[j] as number) - (series[i] as number));
  }
  return s;
}

function varianceOfS(series: Samples): number {
  const term = (n: number) => n * (n - 1) * (2 * n + 5);
  const values = sortedCopy(series);
  let ties = 0;
  let run = 0;
  for (let i = 0; i < values.length; i++) {
    run++;
    if (values[i] !== values[i + 1]) {
      ties += term(run);
      run = 0;
    }
  }
  return (term(series.length) - ties) / 18;
}
