/** The contract's one form of an estimated number. */

/** A value is never shown without its interval. null where the data cannot carry one (with the reason in `why`). */
export interface Estimate {
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
  /** two-sided, against zero, not corrected */
  readonly p: number;
  readonly confidence: number;
  /** what was resampled or averaged over: the number of independent units */
  readonly units: number;
  /** sequential arms: `run` where each arm has several, else `effective-request`, the requests that many correlated ones are worth */
  readonly unit: 'fork' | 'block' | 'run' | 'effective-request';
}
