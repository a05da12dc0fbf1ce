/** Where each process start of a cell ends its warm-up. One cut per start, the same for every arm of the cell: README.md says why. */

import { settlesAt, WARMUP_METHOD } from '../stats/warm-up.ts';
import { type Batch, SAMPLE_SETTLE, type StudyRecord } from './record.ts';
import type { Warmup } from './results.ts';
import { type Cell, storedArm } from './select.ts';

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
  const forks = [...new Set(cell.batches.map(({ fork }) => fork))].map((fork) => {
    const batches = cell.batches.filter((batch) => batch.fork === fork);
    const arms = study.arms
      .map(({ index }) => armSeries(batches, cell, index))
      .filter(({ latencyNs }) => latencyNs.length);
    return forkWarmup(fork, arms, detected ? candidatesOf(cell, arms) : null);
  });
  return { method: detected ? WARMUP_METHOD : 'fixed', forks: new Map(forks.map((one) => [one.fork, one])) };
}

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

function forkWarmup(fork: number, arms: readonly ArmSeries[], candidates: readonly number[] | null): ForkWarmup {
  const found = arms.map(({ index, latencyNs }) => ({
    index,
    at: candidates === null ? undefined : settlesAt(latencyNs, candidates),
  }));
  const skip = Math.max(0, ...found.map(({ at }) => at ?? 0));
  const cut = Math.max(0, ...arms.map(({ before }) => before[skip] ?? 0));
  const settled = found.map(({ index, at }) => [index, at === undefined ? null : at !== null] as const);
  return { fork, skip, cut, settled: new Map(settled) };
}

function armSeries(batches: readonly Batch[], cell: Cell, index: number): ArmSeries {
  const latencyNs: number[] = [];
  const before: number[] = [];
  const blockStarts: number[] = [];
  let served = 0;
  let block = -1;
  for (const batch of batches) {
    if (batch.phase !== 'warmup' && batch.phase !== 'measure') continue;
    const stored = storedArm(cell, batch.phase, index);
    for (let i = 0; i < batch.arm.length; i++) {
      if (batch.arm[i] !== stored) continue;
      served++;
      if (batch.phase === 'warmup' || (batch.flags[i] as number) & SAMPLE_SETTLE) continue;
      if (batch.block !== block) blockStarts.push(latencyNs.length);
      block = batch.block;
      before.push(served - 1);
      latencyNs.push(batch.latencyNs[i] as number);
    }
  }
  return { index, latencyNs: Uint32Array.from(latencyNs), before: Uint32Array.from(before), blockStarts };
}
