/** Where the warm-up of an imported run ends. */

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

/** MSER-5: the cut that leaves the mean of the rest known best, over means of 5 requests.
 * A minimum at the end of the search range (half the run) means that the run was still on its way: not settled.
 * Time O(n). Source: White, Cobb & Spratt 2000; White 1997. */
export function detectedCut(responseNs: Float64Array): WarmupCut {
  const batches = Math.floor(responseNs.length / BATCH);
  const last = Math.floor(batches / 2);
  const center = responseNs[responseNs.length - 1] ?? 0;
  let sum = 0;
  let squares = 0;
  let best = Infinity;
  let cut = 0;
  for (let d = batches - 1; d >= 0; d--) {
    let total = 0;
    for (let i = d * BATCH; i < (d + 1) * BATCH; i++) total += (responseNs[i] as number) - center;
    const value = total / BATCH;
    sum += value;
    squares += value * value;
    const left = batches - d;
    const error = (squares - (sum * sum) / left) / (left * left);
    if (d <= last && error <= best) {
      best = error;
      cut = d;
    }
  }
  const settled = last === 0 || cut < last * UNSETTLED_FROM;
  return { rows: settled ? cut * BATCH : 0, settled };
}

const BATCH = 5;
const UNSETTLED_FROM = 0.98;
