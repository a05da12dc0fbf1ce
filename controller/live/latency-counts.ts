/** Counts of latencies in log-linear buckets, 128 to a doubling: a quantile is at most 0.4 % off, whatever the number of samples. */

import { requireWithin } from '../stats/errors.ts';

const PER_DOUBLING = 128;
/** up to 2^32−1 ns */
const BUCKETS = 26 * PER_DOUBLING;

export class LatencyCounts {
  readonly #counts = new Uint32Array(BUCKETS);
  #n = 0;

  get n(): number {
    return this.#n;
  }

  /** @param latencyNs whole, 0 to 2^32−1 */
  add(latencyNs: number, times = 1): void {
    const bucket = bucketOf(latencyNs);
    this.#counts[bucket] = (this.#counts[bucket] as number) + times;
    this.#n += times;
  }

  /** @param q in [0, 1] @returns ns, the middle of the bucket that holds the quantile; null without samples */
  quantileNs(q: number): number | null {
    requireWithin(0, 1, q, 'q');
    if (this.#n === 0) return null;
    const rank = (this.#n - 1) * q;
    let before = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      before += this.#counts[bucket] as number;
      if (rank < before) return middleOf(bucket);
    }
    return middleOf(BUCKETS - 1);
  }
}

function bucketOf(latencyNs: number): number {
  if (latencyNs < PER_DOUBLING) return latencyNs;
  const shift = 24 - Math.clz32(latencyNs);
  return (shift + 1) * PER_DOUBLING + (latencyNs >>> shift) - PER_DOUBLING;
}

function middleOf(bucket: number): number {
  if (bucket < PER_DOUBLING) return bucket;
  const shift = Math.floor(bucket / PER_DOUBLING) - 1;
  const low = ((bucket % PER_DOUBLING) + PER_DOUBLING) * 2 ** shift;
  return low + (2 ** shift - 1) / 2;
}
