/** The contract's parts about whole distributions. */

/** Hodges–Lehmann's estimate with Wilcoxon's interval */
export interface RankShift {
  readonly shiftNs: number;
  readonly lowNs: number;
  readonly highNs: number;
  readonly confidence: number;
  readonly units: number;
  readonly unit: 'fork' | 'block';
}

/** Shift at each decile, as the median's. Columns of equal length; the band holds all of them together. */
export interface ShiftFunction {
  readonly probabilities: readonly number[];
  readonly shiftNs: readonly number[];
  readonly bandLowNs: readonly number[];
  readonly bandHighNs: readonly number[];
  readonly confidence: number;
}
