/** Where the warm-up of an imported run ends. */

import { settlesAt } from '../stats/warm-up.ts';

/** rows to leave out; `auto` finds them; `usual` is what the paper leaves out, where a run is long enough for it */
export type Warmup = number | 'auto' | 'usual';

/** @param settled false where the run never came to rest: then nothing is cut, and it has to be said */
export interface WarmupCut {
  readonly rows: number;
  readonly settled: boolean;
}

/** the paper's: "definitely stabilizes after ~4,000 warm-up requests" */
export const USUAL_ROWS = 4_000;
/** `usual` never takes more than this share of a run */
const USUAL_SHARE = 5;

/** @param responseNs a run, in the order of its requests */
export function warmupCut(responseNs: Float64Array, warmup: Warmup): WarmupCut {
  if (warmup === 'auto') return detectedCut(responseNs);
  const rows = warmup === 'usual' ? Math.min(USUAL_ROWS, Math.floor(responseNs.length / USUAL_SHARE)) : warmup;
  return { rows, settled: true };
}

/** The cut that a fork of our own would get (stats/warm-up.ts), at hundredths of the run and at most at its half. */
export function detectedCut(responseNs: Float64Array): WarmupCut {
  const candidates = Array.from({ length: CANDIDATES / 2 + 1 }, (_, i) =>
    Math.floor((i * responseNs.length) / CANDIDATES),
  );
  const rows = settlesAt(responseNs, candidates);
  return { rows: rows ?? 0, settled: rows !== null };
}

const CANDIDATES = 100;
