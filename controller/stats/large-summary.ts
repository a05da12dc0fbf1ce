import { requireAtLeast, requireWithin } from './errors.ts';
import { interpolate } from './quantile.ts';
import type { Moments } from './summary.ts';

export interface LargeSummary extends Moments {
  readonly min: number;
  readonly max: number;
  /** one per asked probability, in the order asked; Hyndman–Fan type 7 */
  readonly quantiles: readonly number[];
}

/** Moments, extremes and exact quantiles of many whole numbers (ns), without sorting or copying them.
 * @param samples ≥ 1 value, not changed
 * @param probabilities each in [0, 1]; any order
 * @returns n, mean, variance (n − 1), sd, min, max and the quantiles, exactly those of the sorted samples
 * @throws StatsError sample-too-small | bad-argument
 * Radix selection in two passes: the first counts the upper 16 bits and sums, the second counts the lower 16 bits where an asked rank lies and
 * sums squared deviations from the mean. Time O(n), memory 256 KiB × (1 + distinct upper halves asked for), whatever n is.
 * Source: Knuth TAOCP 3 §5.2.5 (radix), Chan, Golub & LeVeque 1983 (variance). Oracle: numpy. */
export function summariseLarge(samples: Uint32Array, probabilities: readonly number[]): LargeSummary {
  const n = samples.length;
  requireAtLeast(1, n, 'summary');
  for (const q of probabilities) requireWithin(0, 1, q, 'q');
  const upper = countUpperHalves(samples);
  const mean = upper.sum / n;
  const ranks = new Set<number>([0, n - 1]);
  for (const q of probabilities) {
    const index = Math.floor((n - 1) * q);
    ranks.add(index).add(Math.min(index + 1, n - 1));
  }
  const places = locate(upper.counts, ranks);
  const { lower, squares, residue } = countLowerHalves(samples, mean, places);
  const valueAt = valuesOf(places, lower);
  const variance = n > 1 ? Math.max(0, (squares - (residue * residue) / n) / (n - 1)) : 0;
  return {
    n,
    mean: mean + residue / n,
    variance,
    sd: Math.sqrt(variance),
    min: valueAt(0),
    max: valueAt(n - 1),
    quantiles: probabilities.map((q) => {
      const position = (n - 1) * q;
      const index = Math.floor(position);
      return interpolate(valueAt(index), valueAt(Math.min(index + 1, n - 1)), position - index);
    }),
  };
}

const HALF = 65_536;

function countUpperHalves(samples: Uint32Array): { readonly counts: Uint32Array; readonly sum: number } {
  const counts = new Uint32Array(HALF);
  let sum = 0;
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i] as number;
    const half = value >>> 16;
    counts[half] = (counts[half] as number) + 1;
    sum += value;
  }
  return { counts, sum };
}

interface Place {
  readonly upperHalf: number;
  /** which table of lower halves */
  readonly table: number;
  /** rank among the samples of equal upper half */
  readonly within: number;
}

function locate(counts: Uint32Array, ranks: ReadonlySet<number>): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>();
  let before = 0;
  let table = -1;
  let upperHalf = -1;
  for (const rank of [...ranks].sort((a, b) => a - b)) {
    while (upperHalf < 0 || rank >= before + (counts[upperHalf] as number)) {
      if (upperHalf >= 0) before += counts[upperHalf] as number;
      upperHalf++;
    }
    if ([...places.values()].at(-1)?.upperHalf !== upperHalf) table++;
    places.set(rank, { upperHalf, table, within: rank - before });
  }
  return places;
}

function countLowerHalves(samples: Uint32Array, mean: number, places: ReadonlyMap<number, Place>) {
  const tableOf = new Int32Array(HALF).fill(-1);
  let tables = 0;
  for (const { upperHalf, table } of places.values()) {
    tableOf[upperHalf] = table * HALF;
    tables = table + 1;
  }
  const lower = new Uint32Array(tables * HALF);
  let squares = 0;
  let residue = 0;
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i] as number;
    const d = value - mean;
    squares += d * d;
    residue += d;
    const table = tableOf[value >>> 16] as number;
    if (table >= 0) {
      const at = table + (value & 0xffff);
      lower[at] = (lower[at] as number) + 1;
    }
  }
  return { lower, squares, residue };
}

function valuesOf(places: ReadonlyMap<number, Place>, lower: Uint32Array): (rank: number) => number {
  const values = new Map<number, number>();
  for (const [rank, { upperHalf, table, within }] of places) {
    let at = table * HALF;
    let before = lower[at] as number;
    while (before <= within) before += lower[++at] as number;
    values.set(rank, upperHalf * HALF + (at - table * HALF));
  }
  return (rank) => values.get(rank) as number;
}
