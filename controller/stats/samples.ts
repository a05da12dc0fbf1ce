/** The arrays this folder works on. */

export type Samples = Float64Array | Uint32Array;

declare const sorted: unique symbol;

/** Ascending. Only `sortedCopy` and `sortInPlace` make one. */
export type SortedSamples = Samples & { readonly [sorted]: true };

/** An ascending copy.
 * @param samples any unit, no NaN; not changed
 * Time O(n log n), one copy of the samples. Typed arrays sort numerically without a comparator. */
export function sortedCopy(samples: Samples): SortedSamples {
  return sortInPlace(samples.slice());
}

/** Sorts the caller's own array: for scratch copies that nobody else reads.
 * @param samples any unit, no NaN; order is lost */
export function sortInPlace(samples: Samples): SortedSamples {
  return samples.sort() as SortedSamples;
}
