/** Two small samples that the oracle values in test/controller/stats were computed from. */
export const X = Float64Array.of(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 97, 93);
export const Y = Float64Array.of(2, 7, 1, 8, 2, 8, 1, 8, 28, 4, 59, 4);

/** `n` scattered whole numbers below 1,009 that any language makes alike: (31·i² + 17·s·i + s) mod 1,009. */
export function scattered(n: number, s: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => (i * i * 31 + i * 17 * s + s) % 1009);
}
