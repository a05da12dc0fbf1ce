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

/** Two ascending arrays as one, in a new array. Time O(n). */
export function merged(a: SortedSamples, b: SortedSamples): SortedSamples {
  const n = a.length + b.length;
  const all = a instanceof Uint32Array && b instanceof Uint32Array ? new Uint32Array(n) : new Float64Array(n);
  let i = 0;
  let j = 0;
  for (let at = 0; at < n; at++) {
    const isFirst = j === b.length || (i < a.length && (a[i] as number) <= (b[j] as number));
    all[at] = (isFirst ? a[i++] : b[j++]) as number;
  }
  return all as Samples as SortedSamples;
}

/** Sorts the caller's own array: for scratch copies that nobody else reads.
 * @param samples any unit, no NaN; order is lost */
export function sortInPlace(samples: Samples): SortedSamples {
  return samples.sort() as SortedSamples;
}
