import { quantile } from '../stats/quantile.ts';
import { type Samples, sortInPlace } from '../stats/samples.ts';
import { figureCell, type Place } from './figure-cell.ts';
import type { StudyRecord } from './record.ts';
import type { Design } from './results.ts';
import { type Cell, roomFor, storedArm } from './select.ts';
import { warmupOf } from './warmup.ts';

/** the requests first … last (counted from each process start), all forks together */
export interface LagBin {
  readonly first: number;
  readonly last: number;
  readonly n: number;
  readonly minNs: number;
  readonly p10Ns: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly maxNs: number;
}

export interface LagSeries {
  readonly mechanism: string;
  readonly aa: boolean;
  readonly forks: number;
  /** of the longest fork, warm-up included */
  readonly requests: number;
  /** index of the first request that no fork counts as warm-up, fixed or detected */
  readonly warmupRequests: number;
  /** index of the first analysed request of each fork */
  readonly cuts: readonly number[];
  /** index of the first measured request of each block, of the longest fork */
  readonly blockStarts: readonly number[];
  readonly bins: readonly LagBin[];
}

/** Latency by request number since the process started (the paper's figure 3), warm-up and settling included.
 * @param arm index of the arm; @param at place, where the study has several; @param mostBins as many at most
 * @returns forks laid over each other, so that a warm-up stands at the left whatever their number; null without samples
 * Time O(n log bin), one copy of the arm's samples. */
export function lagSeries(
  study: StudyRecord,
  sut: string,
  design: Design,
  arm: number,
  at: Place = {},
  mostBins = MAX_BINS,
): LagSeries | null {
  const cell = figureCell(study, sut, design, at);
  const described = study.arms.find(({ index }) => index === arm);
  if (!cell || !described) return null;
  const { forks, blockStarts } = forkSeries(cell, arm);
  const cuts = [...warmupOf(study, cell).forks.values()].map(({ cut }) => cut);
  const requests = Math.max(0, ...forks.map((series) => series.length));
  if (requests === 0) return null;
  const { mechanism, aa } = described;
  const warmupRequests = Math.min(requests, Math.max(0, ...cuts));
  const bins = binsOf(forks, requests, mostBins);
  return { mechanism, aa, forks: forks.length, requests, warmupRequests, cuts, blockStarts, bins };
}

const MAX_BINS = 600;

interface ForkRun {
  readonly latencyNs: Samples;
  length: number;
  readonly blockStarts: number[];
  block: number;
}

function forkSeries(
  cell: Cell,
  arm: number,
): { readonly forks: readonly Samples[]; readonly blockStarts: readonly number[] } {
  const runs = new Map<number, ForkRun>();
  const batches = cell.batches.filter((batch) => batch.phase === 'warmup' || batch.phase === 'measure');
  const sizes = new Map<number, number>();
  for (const batch of batches)
    sizes.set(batch.fork, (sizes.get(batch.fork) ?? 0) + countArm(batch.arm, storedArm(cell, batch.phase, arm)));
  for (const [fork, size] of sizes) {
    if (size > 0) runs.set(fork, { latencyNs: roomFor(batches, size), length: 0, blockStarts: [], block: -1 });
  }
  for (const batch of batches) {
    const run = runs.get(batch.fork);
    if (!run) continue;
    const stored = storedArm(cell, batch.phase, arm);
    const before = run.length;
    for (let i = 0; i < batch.arm.length; i++) {
      if (batch.arm[i] === stored) run.latencyNs[run.length++] = batch.latencyNs[i] as number;
    }
    if (batch.phase !== 'measure' || run.length === before || batch.block === run.block) continue;
    run.block = batch.block;
    run.blockStarts.push(before);
  }
  const all = [...runs.values()];
  const longest = all.reduce<ForkRun | null>((a, b) => (a !== null && a.length >= b.length ? a : b), null);
  return { forks: all.map((run) => run.latencyNs), blockStarts: longest?.blockStarts ?? [] };
}

function countArm(column: Uint8Array, arm: number): number {
  let n = 0;
  for (const value of column) if (value === arm) n++;
  return n;
}

function binsOf(forks: readonly Samples[], requests: number, mostBins: number): readonly LagBin[] {
  const width = Math.ceil(requests / mostBins);
  const bins: LagBin[] = [];
  for (let first = 0; first < requests; first += width) {
    const last = Math.min(first + width, requests) - 1;
    const parts = forks.map((series) => series.subarray(first, last + 1));
    const values = roomFor(
      parts.map((latencyNs) => ({ latencyNs })),
      parts.reduce((sum, part) => sum + part.length, 0),
    );
    let at = 0;
    for (const part of parts) {
      values.set(part, at);
      at += part.length;
    }
    const sorted = sortInPlace(values);
    const q = (share: number) => quantile(sorted, share);
    bins.push({ first, last, n: sorted.length, minNs: q(0), p10Ns: q(0.1), p50Ns: q(0.5), p90Ns: q(0.9), maxNs: q(1) });
  }
  return bins;
}
