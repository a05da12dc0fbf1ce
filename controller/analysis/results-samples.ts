/** What the results say of the samples of one arm, and of a t-test on them. */

export interface SampleStats {
  readonly n: number;
  readonly meanNs: number;
  readonly sdNs: number;
  readonly minNs: number;
  readonly p25Ns: number;
  readonly p50Ns: number;
  readonly p75Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
  readonly tukeyLowNs: number;
  readonly tukeyHighNs: number;
  readonly tukeyOutliers: number;
  readonly lag1: number;
}

export interface TTest {
  readonly t: number;
  readonly df: number;
  readonly p: number;
  /** log10 of p, finite also where p underflows to 0 */
  readonly log10P: number;
}
