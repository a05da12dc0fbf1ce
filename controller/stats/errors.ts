/** What a statistics function refuses, as a closed union. */

export const STATS_ERROR_CODES = ['sample-too-small', 'bad-argument', 'length-mismatch', 'no-convergence'] as const;
export type StatsErrorCode = (typeof STATS_ERROR_CODES)[number];

/** The only error this folder throws; `code` says which refusal it is. */
export class StatsError extends Error {
  override readonly name = 'StatsError';
  readonly code: StatsErrorCode;

  constructor(code: StatsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Refuses fewer than `least` values.
 * @throws StatsError sample-too-small */
export function requireAtLeast(least: number, n: number, what: string): void {
  if (n < least) throw new StatsError('sample-too-small', `${what}: ${n} values, at least ${least} needed`);
}

/** Refuses a number outside [low, high], or NaN.
 * @throws StatsError bad-argument */
export function requireWithin(low: number, high: number, value: number, what: string): void {
  if (!(value >= low && value <= high)) {
    throw new StatsError('bad-argument', `${what} is ${value}, must be within [${low}, ${high}]`);
  }
}
