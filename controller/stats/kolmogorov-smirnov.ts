import { requireAtLeast } from './errors.ts';
import type { SortedSamples } from './samples.ts';
import type { TwoSidedP } from './student.ts';

export interface KolmogorovSmirnov extends TwoSidedP {
  /** the largest distance between the two empirical distribution functions, in [0, 1] */
  readonly d: number;
  readonly method: 'exact' | 'asymptotic';
}

/** Two-sample Kolmogorov–Smirnov test, two-sided: do the distributions differ anywhere, not only in their middle?
 * @param baseline, treated ascending, ≥ 1 value each, equal units
 * @returns d, p and log10 p; exact given the ties where n₁·n₂ ≤ 250,000, else Kolmogorov's limit (conservative with ties)
 * @throws StatsError sample-too-small
 * Assumes independent samples: autocorrelation makes p too small. Time O(n₁ + n₂), exact O(n₁·n₂) time and O(n₂) memory.
 * Source: Kolmogorov 1933, Smirnov 1939; Schröer & Trenkler 1995 (exact with ties). Oracle: scipy.stats.ks_2samp, enumeration, mpmath. */
export function kolmogorovSmirnov(baseline: SortedSamples, treated: SortedSamples): KolmogorovSmirnov {
  requireAtLeast(1, baseline.length, 'Kolmogorov–Smirnov, baseline');
  requireAtLeast(1, treated.length, 'Kolmogorov–Smirnov, treated');
  const m = baseline.length;
  const n = treated.length;
  const groupEnds = m * n <= EXACT_UP_TO ? new Uint8Array(m + n + 1) : null;
  const distance = largestDistance(baseline, treated, groupEnds);
  const d = distance / (m * n);
  if (groupEnds) {
    const p = exactP(m, n, distance, groupEnds);
    return { d, p, log10P: Math.log10(p), method: 'exact' };
  }
  const lnP = lnKolmogorovUpperTail(d * Math.sqrt((m / (m + n)) * n));
  return { d, p: Math.exp(lnP), log10P: lnP / Math.LN10, method: 'asymptotic' };
}

/** ln P(K ≥ x) of Kolmogorov's limiting distribution.
 * @param x ≥ 0
 * The alternating series above 0.6, the theta form below. Relative error about 1e-15. Source: Feller 1948. Oracle: scipy.special.kolmogorov. */
export function lnKolmogorovUpperTail(x: number): number {
  if (x < 0.04) return 0;
  if (x < 0.6) {
    let below = 0;
    for (let k = 1; k <= 9; k += 2) below += Math.exp(-((k * Math.PI) ** 2) / (8 * x * x));
    return Math.log1p(-(Math.sqrt(2 * Math.PI) / x) * below);
  }
  let rest = 0;
  for (let k = 10; k >= 2; k--) rest += (k % 2 === 0 ? -1 : 1) * Math.exp(-2 * (k * k - 1) * x * x);
  return Math.min(0, Math.LN2 - 2 * x * x + Math.log1p(rest));
}

const EXACT_UP_TO = 250_000;

/** The largest |i·n − j·m| at the end of a group of equal values; marks those ends by i + j. */
function largestDistance(baseline: SortedSamples, treated: SortedSamples, groupEnds: Uint8Array | null): number {
  const m = baseline.length;
  const n = treated.length;
  let distance = 0;
  let i = 0;
  let j = 0;
  while (i < m || j < n) {
    // reading past an end would make every read slow
    const isBaseline = j === n || (i < m && (baseline[i] as number) <= (treated[j] as number));
    const value = (isBaseline ? baseline[i] : treated[j]) as number;
    while (i < m && baseline[i] === value) i++;
    while (j < n && treated[j] === value) j++;
    distance = Math.max(distance, Math.abs(i * n - j * m));
    if (groupEnds) groupEnds[i + j] = 1;
  }
  return distance;
}

/** The share of all orders of m + n values in which the distance is reached: a walk over the lattice, sums of positive terms only. */
function exactP(m: number, n: number, distance: number, groupEnds: Uint8Array): number {
  const reached = (i: number, j: number) => groupEnds[i + j] === 1 && Math.abs(i * n - j * m) >= distance;
  const row = new Float64Array(n + 1);
  for (let j = 0; j <= n; j++) row[j] = (j > 0 && row[j - 1] === 1) || reached(0, j) ? 1 : 0;
  for (let i = 1; i <= m; i++) {
    if (reached(i, 0)) row[0] = 1;
    for (let j = 1; j <= n; j++) {
      const before = (i / (i + j)) * (row[j] as number) + (j / (i + j)) * (row[j - 1] as number);
      row[j] = reached(i, j) ? 1 : before;
    }
  }
  return Math.min(1, row[n] as number);
}
