/** How long a study takes: typical times, or those of a stored study on the same machine. Pure. */

import type { Batch, StudyRecord } from '../analysis/record.ts';
import { armsOn, measuredPerArm, type PlannedSut, type ResolvedStudy, warmupOf } from './study.ts';

export interface Timing {
  /** where the numbers come from, for the reader */
  readonly source: string;
  /** start and end of all processes of one fork */
  readonly startMs: number;
  /** one sample, by "SUT design" */
  readonly sampleMs: ReadonlyMap<string, number>;
  /** for a SUT that is not among them */
  readonly otherSampleMs: number;
  /** attaching and detaching one mechanism once, and the pauses that the steps without one have for it */
  readonly attachMs: number;
}

/** medians of default studies on a 2-core virtual machine (AMD Zen 4); only the order of magnitude carries over */
export const TYPICAL: Timing = {
  source: 'typical times of a 2-core machine; a pilot (--detect, --pilot) measures them',
  startMs: 2500,
  sampleMs: new Map([
    ['read-loop alternated', 0.004],
    ['read-loop sliced', 0.004],
  ]),
  otherSampleMs: 0.085,
  attachMs: 2800,
};

export interface ForkShape {
  readonly sut: PlannedSut;
  readonly warmup: number;
  readonly blocks: number;
  /** measured samples of one arm in a block, settling ones included */
  readonly perBlock: number;
  readonly alternatedArms: number;
  readonly slicedArms: number;
}

/** One SUT's share of a fork without starts and attaches, ms. */
export function sutMs(t: Timing, f: ForkShape): number {
  const each = (design: string) => t.sampleMs.get(`${f.sut.id} ${design}`) ?? t.otherSampleMs;
  const measured = f.blocks * f.perBlock;
  const alternated = f.alternatedArms * (f.warmup + measured) * each('alternated');
  const sliced = f.slicedArms === 0 ? 0 : (f.warmup + f.slicedArms * measured) * each('sliced');
  return alternated + sliced;
}

/** @returns ms of measuring on one node, from the first start to the last end */
export function expectedMs(study: ResolvedStudy, t: Timing): number {
  const work = study.suts.map((sut) => {
    const arms = armsOn(study, sut.id);
    const alternatedArms = arms.filter(({ design }) => design !== 'sliced').length;
    const slicedArms = arms.filter(({ design }) => design !== 'alternated').length;
    const perBlock = measuredPerArm(study, sut) / (study.forks * study.blocks);
    const warmup = warmupOf(study, sut);
    return sutMs(t, { sut, warmup, blocks: study.blocks, perBlock, alternatedArms, slicedArms });
  });
  const attaches = study.blocks * study.attached.length * t.attachMs;
  const fork = t.startMs + attaches + work.reduce((sum, ms) => sum + ms, 0);
  return study.forks * study.conditions.length * fork;
}

/** The times of a stored study.
 * @param study complete, with samples
 * @returns what TYPICAL guesses, measured; `source` says of which study */
export function timingOf(study: StudyRecord): Timing {
  // of one clock in each fork, also across nodes: that of the load generator
  const compared = study.batches.filter(({ vantage }) => vantage === 'client' || vantage === 'caller');
  const stretches = stretchesOf(compared);
  const sampleMs = new Map<string, number>();
  for (const key of new Set(stretches.map((one) => one.key))) {
    const own = stretches.filter((one) => one.key === key);
    sampleMs.set(
      key,
      sum(own, ({ ms }) => ms) /
        Math.max(
          1,
          sum(own, ({ samples }) => samples),
        ),
    );
  }
  const forks = extentsOf(compared);
  const inForksMs = sum(forks, ({ ms }) => ms);
  const wallMs = Date.parse(study.finishedAt) - Date.parse(study.startedAt);
  const attached = study.arms.filter(({ design, mechanism }) => design === 'sliced' && mechanism !== 'none').length;
  const idleMs = Math.max(0, inForksMs - sum(stretches, ({ ms }) => ms));
  const attaches = forks.length * study.blocks * attached;
  const source = `measured in study ${study.id}`;
  const startMs = Math.max(0, (wallMs - inForksMs) / Math.max(1, forks.length));
  const mean = sum([...sampleMs.values()], (ms) => ms) / Math.max(1, sampleMs.size);
  return {
    source,
    startMs,
    sampleMs,
    otherSampleMs: mean,
    attachMs: attaches === 0 ? TYPICAL.attachMs : idleMs / attaches,
  };
}

interface Stretch {
  readonly key: string;
  readonly ms: number;
  readonly samples: number;
}

/** one step of one SUT, from its first sample to its last */
function stretchesOf(batches: readonly Batch[]): readonly Stretch[] {
  const groups = grouped(batches, (b) => JSON.stringify([b.node, b.condition, b.fork, b.step, b.sut, b.design]));
  return groups.map((group) => {
    const { sut, design } = group[0] as Batch;
    return { key: `${sut} ${design}`, ms: extentMs(group), samples: sum(group, ({ arm }) => arm.length) };
  });
}

function extentsOf(batches: readonly Batch[]): readonly { readonly ms: number }[] {
  const groups = grouped(batches, (b) => JSON.stringify([b.node, b.condition, b.fork]));
  return groups.map((group) => ({ ms: extentMs(group) }));
}

function extentMs(batches: readonly Batch[]): number {
  let first = batches[0]?.t0Ns ?? 0n;
  let last = first;
  for (const { t0Ns, dtNs } of batches) {
    const end = t0Ns + BigInt(dtNs.at(-1) ?? 0);
    if (t0Ns < first) first = t0Ns;
    if (end > last) last = end;
  }
  return Number(last - first) / 1e6;
}

function grouped(batches: readonly Batch[], keyOf: (batch: Batch) => string): readonly (readonly Batch[])[] {
  const groups = new Map<string, Batch[]>();
  for (const batch of batches) {
    const group = groups.get(keyOf(batch));
    if (group) group.push(batch);
    else groups.set(keyOf(batch), [batch]);
  }
  return [...groups.values()];
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
