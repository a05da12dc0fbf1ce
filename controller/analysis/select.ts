/** Which stored samples belong together: one cell is what may be compared with itself. */

import type { Samples } from '../stats/samples.ts';
import { type Batch, SAMPLE_HIT, SAMPLE_SETTLE, type StudyRecord } from './record.ts';
import { DESIGNS, type Design, type Vantage } from './results.ts';

export interface Cell {
  readonly sut: string;
  readonly node: string;
  readonly condition: string;
  readonly vantage: Vantage;
  readonly design: Design;
  /** by fork, then block, then time */
  readonly batches: readonly Batch[];
}

/** one block's measured samples of one arm: latencyNs[start … end) */
export interface BlockSpan {
  readonly fork: number;
  readonly block: number;
  readonly t0Ns: bigint;
  readonly start: number;
  readonly end: number;
}

/** The measured samples of one arm in one cell; warm-up, census and settling ones are left out. */
export interface ArmSamples {
  readonly latencyNs: Samples;
  /** 1 where the payload held a keyword */
  readonly hit: Uint8Array;
  readonly blocks: readonly BlockSpan[];
  /** warm-up, settling and cut samples left out */
  readonly dropped: number;
  /** of these, measured ones that were cut because the process had not settled */
  readonly cut: number;
}

/** fork → measured samples to leave out at its begin; the same of every arm */
export type Skips = ReadonlyMap<number, { readonly skip: number }>;

/** The study's cells, by SUT as the study names them, then design, node, condition, vantage; the order of batches plays no part.
 * @param vantages only these
 * Time O(batches · log batches); batches are referred to, not copied. */
export function cellsOf(study: StudyRecord, vantages: readonly Vantage[]): readonly Cell[] {
  const byKey = new Map<string, Batch[]>();
  for (const batch of study.batches) {
    if (batch.phase === 'bystander' || !vantages.includes(batch.vantage)) continue;
    const key = JSON.stringify([batch.sut, batch.node, batch.condition, batch.vantage, batch.design]);
    const batches = byKey.get(key);
    if (batches) batches.push(batch);
    else byKey.set(key, [batch]);
  }
  const cells = [...byKey.values()].map((batches) => {
    const { sut, node, condition, vantage, design } = batches[0] as Batch;
    return { sut, node, condition, vantage, design, batches: batches.sort(inRunOrder) };
  });
  const rank = (cell: Cell) => study.suts.indexOf(cell.sut) * DESIGNS.length + DESIGNS.indexOf(cell.design);
  const place = (cell: Cell) => `${cell.sut} ${cell.node} ${cell.condition} ${cell.vantage}`;
  return cells.sort((a, b) => rank(a) - rank(b) || (place(a) < place(b) ? -1 : 1));
}

/** The measured samples of one arm, in the order they were taken, with the blocks they fall into.
 * @param arm index of the arm; @param skips what of each fork counts as warm-up though it was measured (warmup.ts)
 * Time O(samples of the cell), 5 bytes per sample kept (9 of imported ones). */
export function armSamples(cell: Cell, arm: number, skips: Skips = new Map()): ArmSamples {
  const counted = countSamples(cell, arm);
  const cut = sum([...counted.byFork].map(([fork, n]) => Math.min(n, skips.get(fork)?.skip ?? 0)));
  const kept = sum([...counted.byFork.values()]) - cut;
  const left = new Map([...skips].map(([fork, { skip }]) => [fork, skip]));
  const latencyNs = roomFor(cell.batches, kept);
  const hit = new Uint8Array(kept);
  const blocks: BlockSpan[] = [];
  let end = 0;
  for (const batch of cell.batches) {
    if (batch.phase !== 'measure') continue;
    const start = end;
    let skip = left.get(batch.fork) ?? 0;
    const { arm: arms, flags, latencyNs: from } = batch;
    for (let i = 0; i < arms.length; i++) {
      const bits = flags[i] as number;
      if (arms[i] !== arm || bits & SAMPLE_SETTLE) continue;
      if (skip-- > 0) continue;
      latencyNs[end] = from[i] as number;
      hit[end] = bits & SAMPLE_HIT;
      end++;
    }
    left.set(batch.fork, Math.max(0, skip));
    if (end > start) addSpan(blocks, batch, start, end);
  }
  return { latencyNs, hit, blocks, dropped: counted.dropped + cut, cut };
}

/** An arm's first and second half, each of whole blocks in the order they were taken. */
export function halvesOf(arm: ArmSamples): readonly [ArmSamples, ArmSamples] {
  const middle = arm.blocks.length >> 1;
  const cut = arm.blocks[middle]?.start ?? arm.latencyNs.length;
  const part = (from: number, to: number, blocks: readonly BlockSpan[]): ArmSamples => ({
    latencyNs: arm.latencyNs.subarray(from, to),
    hit: arm.hit.subarray(from, to),
    blocks: blocks.map((span) => ({ ...span, start: span.start - from, end: span.end - from })),
    dropped: arm.dropped,
    cut: arm.cut,
  });
  return [part(0, cut, arm.blocks.slice(0, middle)), part(cut, arm.latencyNs.length, arm.blocks.slice(middle))];
}

/** The arm under which an arm's own samples of a phase were stored: all arms of a sliced cell run in one process, warmed up once, as arm 0. */
export function storedArm(cell: Cell, phase: Batch['phase'], arm: number): number {
  return cell.design === 'sliced' && phase === 'warmup' ? 0 : arm;
}

function countSamples(cell: Cell, arm: number): { byFork: ReadonlyMap<number, number>; dropped: number } {
  const byFork = new Map<number, number>();
  let dropped = 0;
  for (const batch of cell.batches) {
    if (batch.phase !== 'warmup' && batch.phase !== 'measure') continue;
    const stored = storedArm(cell, batch.phase, arm);
    const { arm: arms, flags } = batch;
    const isWarmup = batch.phase === 'warmup';
    let kept = 0;
    for (let i = 0; i < arms.length; i++) {
      if (arms[i] !== stored) continue;
      if (isWarmup || (flags[i] as number) & SAMPLE_SETTLE) dropped++;
      else kept++;
    }
    byFork.set(batch.fork, (byFork.get(batch.fork) ?? 0) + kept);
  }
  return { byFork, dropped };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Room for samples of the batches: doubles as soon as one of them holds doubles. */
export function roomFor(batches: readonly Pick<Batch, 'latencyNs'>[], length: number): Samples {
  const hasDoubles = batches.some((batch) => batch.latencyNs instanceof Float64Array);
  return hasDoubles ? new Float64Array(length) : new Uint32Array(length);
}

/** a block may come in several batches, one after the other */
function addSpan(blocks: BlockSpan[], batch: Batch, start: number, end: number): void {
  const last = blocks.at(-1);
  const { fork, block, t0Ns } = batch;
  if (last && last.fork === fork && last.block === block) blocks[blocks.length - 1] = { ...last, end };
  else blocks.push({ fork, block, t0Ns, start, end });
}

/** by fork and block first, so that a block's batches always stand together */
function inRunOrder(a: Batch, b: Batch): number {
  if (a.fork !== b.fork) return a.fork - b.fork;
  if (a.phase !== b.phase && (a.phase === 'warmup' || b.phase === 'warmup')) return a.phase === 'warmup' ? -1 : 1;
  if (a.block !== b.block) return a.block - b.block;
  if (a.t0Ns !== b.t0Ns) return a.t0Ns < b.t0Ns ? -1 : 1;
  return a.step - b.step;
}
