/** The contract's closed vocabularies. */

export const VERDICTS = ['overhead', 'no-detectable-difference', 'equivalent', 'implausible', 'invalid'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const VANTAGES = ['client', 'caller', 'interposer', 'kernel'] as const;
export type Vantage = (typeof VANTAGES)[number];

/** How two arms were interleaved: `alternated` = live instances side by side, request by request in random order;
 * `sliced` = the same instance, the mechanism attached and detached around short slices in random order;
 * `sequential` = imported data, one arm after the other. */
export const DESIGNS = ['alternated', 'sliced', 'sequential'] as const;
export type Design = (typeof DESIGNS)[number];
