/** Where each process start of a cell ends its warm-up. One cut per start, the same for every arm of the cell: README.md says why. */

import { lateShift } from '../stats/late-shift.ts';
import { median } from '../stats/quantile.ts';
import { settlesAt, WARMUP_METHOD } from '../stats/warm-up.ts';
import { type Batch, SAMPLE_SETTLE, type StudyRecord } from './record.ts';
import type { Warmup } from './results.ts';
import { type Cell, storedArm } from './select.ts';
import { sliceVariance, withinSlices } from './slices.ts';

/** one process start (fork) of a cell */
export interface ForkWarmup {
  readonly fork: number;
  /** measured samples left out of each arm, settling ones not counted */
  readonly skip: number;
  /** requests of each arm since the start of its process that come before the first analysed one */
  readonly cut: number;
  /** by arm: had it settled at `cut`? null where it can't be told */
  readonly settled: ReadonlyMap<number, boolean | null>;
}

export interface CellWarmup {
  readonly method: Warmup['method'];
  readonly forks: ReadonlyMap<number, ForkWarmup>;
}

/** The cuts of one cell: detected past the floor that was sent before measuring, unless the user fixed the warm-up.
 * @returns for each fork the largest cut of the cell's arms; an arm that never settles cuts nothing and says so
 * Imported arms (`sequential`) share no request, so nothing is detected there. Time O(n log batch). */
export function warmupOf(study: StudyRecord, cell: Cell): CellWarmup {
  const known = remembered.get(study) ?? new Map<string, CellWarmup>();
  remembered.set(study, known);
  const key = JSON.stringify([cell.sut, cell.node, cell.condition, cell.vantage, cell.design]);
  const warmup = known.get(key) ?? findWarmup(study, cell);
  known.set(key, warmup);
  return warmup;
}

/** tables and figures ask for the same cuts */
const remembered = new WeakMap<StudyRecord, Map<string, CellWarmup>>();

function findWarmup(study: StudyRecord, cell: Cell): CellWarmup {
  const detected = study.warmup === null && cell.design !== 'sequential';
  const indices = study.arms.map(({ index }) => index);
  const starts = [...new Set(cell.batches.map(({ fork }) => fork))].map((fork) => {
    return { fork, batches: cell.batches.filter((batch) => batch.fork === fork) };
  });
  const forks = detected
    ? detectedWarmups(starts, cell, indices)
    : starts.map(({ fork, batches }) => fixedWarmup(fork, batches, cell, indices));
  return { method: detected ? WARMUP_METHOD : 'fixed', forks: new Map(forks.map((one) => [one.fork, one])) };
}

interface ProcessStart {
  readonly fork: number;
  readonly batches: readonly Batch[];
}

function detectedWarmups(starts: readonly ProcessStart[], cell: Cell, indices: readonly number[]): ForkWarmup[] {
  const known = starts.map(({ fork, batches }) => {
    const arms = indices.map((index) => armSeries(batches, cell, index)).filter(({ latencyNs }) => latencyNs.length);
    return { fork, arms };
  });
  const variance = cell.design === 'sliced' ? sliceVariance(known.flatMap(({ arms }) => arms)) : 0;
  return known.map(({ fork, arms }) => {
    const candidates = candidatesOf(cell, arms);
    const found = arms.map((arm) => ({ arm, ...judged(cell, arm, candidates, variance) }));
    return forkWarmup(fork, found);
  });
}

interface Judged {
  /** where the arm may be cut: 0 where it never settles or can't be judged */
  readonly at: number;
  readonly settled: boolean | null;
}

/** A series that ends on another level than it began on has not settled either, but what comes before its cut is no better for that. */
function judged(cell: Cell, arm: ArmSeries, candidates: readonly number[], variance: number | null): Judged {
  const isSliced = cell.design === 'sliced';
  const slices = isSliced ? { starts: arm.blockStarts, variance } : undefined;
  const at = settlesAt(arm.latencyNs, candidates, slices);
  if (at === undefined) return { at: 0, settled: null };
  if (at === null) return { at: 0, settled: false };
  const rest = arm.latencyNs.subarray(at);
  const { shift, sd } = lateShift(isSliced ? withinSlices(arm, at) : rest);
  const least = Math.max(LATE_SHIFT_SDS * sd, LATE_SHIFT_SHARE * median(rest));
  return { at, settled: Math.abs(shift) <= least };
}

const LATE_SHIFT_SDS = 2;
/** of the level: a smaller shift is no lack of settling worth a flag */
const LATE_SHIFT_SHARE = 0.01;

/** What a comparison of two arms says of its warm-up. */
export function warmupColumns({ method, forks }: CellWarmup, baseline: number, treated: number): Warmup {
  const perFork = [...forks.values()].map(({ fork, cut, settled }) => {
    const both = [settled.get(baseline) ?? null, settled.get(treated) ?? null];
    return { fork, cut, settled: both.includes(false) ? false : both.includes(null) ? null : true };
  });
  return { method, perFork };
}

interface ArmSeries {
  readonly index: number;
  /** measured, settling ones left out */
  readonly latencyNs: Uint32Array;
  /** for each of them, requests of the arm's process that came before it */
  readonly before: Uint32Array;
  /** where blocks begin in latencyNs */
  readonly blockStarts: readonly number[];
}

const STEPS = 10;
/** what is left after a cut must be at least half */
const MOST_STEPS = 5;

/** Alternated arms share every tuple, so any request can be the cut. Sliced arms share whole blocks only. */
function candidatesOf(cell: Cell, arms: readonly ArmSeries[]): readonly number[] {
  const shortest = arms.reduce<ArmSeries | null>(
    (a, b) => (a && a.latencyNs.length <= b.latencyNs.length ? a : b),
    null,
  );
  if (shortest === null) return [0];
  const n = shortest.latencyNs.length;
  if (cell.design === 'sliced') return shortest.blockStarts.filter((start) => start <= n / 2);
  return Array.from({ length: MOST_STEPS + 1 }, (_, i) => Math.round((i * n) / STEPS));
}

/** nothing is looked for: what was measured counts from its first request */
function fixedWarmup(fork: number, batches: readonly Batch[], cell: Cell, indices: readonly number[]): ForkWarmup {
  const firsts = indices.flatMap((index) => {
    const before = servedBefore(batches, cell, index);
    return before === null ? [] : [{ index, before }];
  });
  const cut = Math.max(0, ...firsts.map(({ before }) => before));
  return { fork, skip: 0, cut, settled: new Map(firsts.map(({ index }) => [index, null])) };
}

/** requests of an arm before its first measured one; null where none is */
function servedBefore(batches: readonly Batch[], cell: Cell, index: number): number | null {
  let served = 0;
  for (const { phase, arm, flags } of batches) {
    if (phase !== 'warmup' && phase !== 'measure') continue;
    const stored = storedArm(cell, phase, index);
    for (let i = 0; i < arm.length; i++) {
      if (arm[i] !== stored) continue;
      if (phase === 'measure' && !((flags[i] as number) & SAMPLE_SETTLE)) return served;
      served++;
    }
  }
  return null;
}

function forkWarmup(fork: number, found: readonly (Judged & { readonly arm: ArmSeries })[]): ForkWarmup {
  const skip = Math.max(0, ...found.map(({ at }) => at));
  const cut = Math.max(0, ...found.map(({ arm }) => arm.before[skip] ?? 0));
  return { fork, skip, cut, settled: new Map(found.map(({ arm, settled }) => [arm.index, settled])) };
}

function armSeries(batches: readonly Batch[], cell: Cell, index: number): ArmSeries {
  const served = batches.filter(({ phase }) => phase === 'warmup' || phase === 'measure');
  const n = served.reduce((sum, batch) => sum + countMeasured(batch, storedArm(cell, batch.phase, index)), 0);
  const latencyNs = new Uint32Array(n);
  const before = new Uint32Array(n);
  const blockStarts: number[] = [];
  let requests = 0;
  let end = 0;
  let block = -1;
  for (const batch of served) {
    const stored = storedArm(cell, batch.phase, index);
    const { arm, flags, latencyNs: from } = batch;
    const isWarmup = batch.phase === 'warmup';
    for (let i = 0; i < arm.length; i++) {
      if (arm[i] !== stored) continue;
      requests++;
      if (isWarmup || (flags[i] as number) & SAMPLE_SETTLE) continue;
      if (batch.block !== block) blockStarts.push(end);
      block = batch.block;
      before[end] = requests - 1;
      latencyNs[end++] = from[i] as number;
    }
  }
  return { index, latencyNs, before, blockStarts };
}

function countMeasured({ phase, arm, flags }: Batch, stored: number): number {
  if (phase === 'warmup') return 0;
  let n = 0;
  for (let i = 0; i < arm.length; i++) if (arm[i] === stored && !((flags[i] as number) & SAMPLE_SETTLE)) n++;
  return n;
}
