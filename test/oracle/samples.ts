/** Two small samples that the oracle values in test/controller/stats were computed from. */
export const X = Float64Array.of(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 97, 93);
export const Y = Float64Array.of(2, 7, 1, 8, 2, 8, 1, 8, 28, 4, 59, 4);
