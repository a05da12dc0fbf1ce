import { StatsError } from './errors.ts';

/** Solves A·x = b for a symmetric positive definite A.
 * @param matrix rows, n × n; @param right n values; neither is changed
 * @returns x
 * @throws StatsError length-mismatch | no-convergence (A is singular)
 * Cholesky. Time O(n³). Source: Golub & Van Loan 2013 §4.2. Oracle: numpy.linalg.solve. */
export function solvePositive(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  const n = right.length;
  if (matrix.length !== n || matrix.some((row) => row.length !== n)) {
    throw new StatsError('length-mismatch', `${matrix.length} rows for ${n} values`);
  }
  const lower = choleskyOf(matrix);
  const x = right.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] = x[i]! - lower[i]![k]! * x[k]!;
    x[i] = x[i]! / lower[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] = x[i]! - lower[k]![i]! * x[k]!;
    x[i] = x[i]! / lower[i]![i]!;
  }
  return x;
}

function choleskyOf(matrix: readonly Float64Array[]): readonly Float64Array[] {
  const lower = matrix.map((row) => new Float64Array(row.length));
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i]![j]!;
      for (let k = 0; k < j; k++) rest -= lower[i]![k]! * lower[j]![k]!;
      if (i === j && !(rest > 1e-13 * matrix[i]![i]!)) throw new StatsError('no-convergence', 'the matrix is singular');
      lower[i]![j] = i === j ? Math.sqrt(rest) : rest / lower[j]![j]!;
    }
  }
  return lower;
}
