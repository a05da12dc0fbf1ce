/** Naive search: each keyword by itself, over exactly these bytes. */

/** Index of the keyword that is found first, null for none: the match that ends first; of those that end at the same byte the one that comes
 * first in the list. @param windowBytes only so many bytes from the start are looked at; null for all */
export function firstKeyword(
  keywords: readonly Buffer[],
  bytes: Buffer,
  windowBytes: number | null = null,
): number | null {
  const scanned = windowBytes === null ? bytes : bytes.subarray(0, windowBytes);
  let [first, firstEnd] = [null as number | null, Number.POSITIVE_INFINITY];
  for (const [index, word] of keywords.entries()) {
    const at = scanned.indexOf(word);
    if (at < 0 || at + word.length >= firstEnd) continue;
    [first, firstEnd] = [index, at + word.length];
  }
  return first;
}
