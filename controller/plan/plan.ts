/** study → one assignment per condition and fork, every request's arm and payload decided by the seed. Pure. */

import type { Assignment, Instance, Phase, Slice, Step } from '#proto';
import { Random } from './random.ts';
import { armsOf, measuredPerArm, type PlannedArm, type PlannedSut, type ResolvedStudy, warmupOf } from './study.ts';

/** units sent first after a new connection, not analysed */
const SETTLE_UNITS = 20;
/** units sent to each hooked instance while a kernel mechanism is attached, to compare what both count */
const CENSUS_UNITS = 40;
const HIT = 0x80;

/** @param node each node gets an order of its own from the same seed */
export function planStudy(study: ResolvedStudy, node: string): Assignment[] {
  const forks = Array.from({ length: study.forks }, (_, fork) => {
    const random = new Random(study.seed, `${node} fork ${fork}`);
    return random.shuffled(study.conditions).map((condition) => planFork(study, { fork, condition, node, random }));
  });
  return forks.flat();
}

function planFork(
  study: ResolvedStudy,
  o: { fork: number; condition: string; node: string; random: Random },
): Assignment {
  const arms = armsOf(study);
  const instances = study.suts.flatMap((sut) => instancesOf(sut, arms)).map((instance, id) => ({ ...instance, id }));
  const context = { study, arms, instances, random: o.random, fork: o.fork };
  const steps = [...o.random.shuffled(study.suts).map((sut) => warmupStep(context, sut)), ...measureSteps(context)];
  return {
    studyId: study.id,
    assignmentId: `${study.id}/${o.node}/${o.condition}/${o.fork}`,
    fork: o.fork,
    condition: o.condition,
    action: study.action,
    keywords: [...study.keywords],
    requestBytes: study.requestBytes,
    instances,
    steps: steps.map((step, index) => ({ ...step, index })),
  };
}

interface Context {
  readonly study: ResolvedStudy;
  readonly arms: readonly PlannedArm[];
  readonly instances: readonly Instance[];
  readonly random: Random;
  readonly fork: number;
}

type UnnumberedStep = Omit<Step, 'index'>;

/** one live instance per arm that lives in a process; attached mechanisms use the first (none) */
function instancesOf(sut: PlannedSut, arms: readonly PlannedArm[]): Omit<Instance, 'id'>[] {
  return arms
    .filter((arm) => arm.design !== 'sliced')
    .map((arm) => ({ sut: sut.id, mechanism: arm.mechanism, arm: arm.index }));
}

function warmupStep(c: Context, sut: PlannedSut): UnnumberedStep {
  const units = Math.ceil(warmupOf(c.study, sut) / sut.unitSamples);
  const slices = units === 0 ? [] : [alternatedSlice(c, sut, { units, settle: 0 })];
  return { block: 0, phase: 'warmup', design: 'alternated', attach: '', slices };
}

/** Blocks in turn; within each block the alternated stretches and the sliced stretches of every SUT in random order. */
function measureSteps(c: Context): UnnumberedStep[] {
  return Array.from({ length: c.study.blocks }, (_, block) => {
    const parts: UnnumberedStep[][] = c.study.suts.map((sut) => [alternatedStep(c, sut, block)]);
    if (c.study.attached.length > 0) parts.push(slicedSteps(c, block));
    return c.random.shuffled(parts).flat();
  })
    .flat()
    .filter((step) => step.slices.length > 0);
}

function alternatedStep(c: Context, sut: PlannedSut, block: number): UnnumberedStep {
  const units = unitsOfBlock(c, sut, block);
  const slices = units === 0 ? [] : [alternatedSlice(c, sut, { units, settle: SETTLE_UNITS })];
  return { block, phase: 'measure', design: 'alternated', attach: '', slices };
}

/** one stretch per sliced arm (none, none again, each attached mechanism) in random order, over all SUTs */
function slicedSteps(c: Context, block: number): UnnumberedStep[] {
  const arms = c.random.shuffled(c.arms.filter((arm) => arm.design !== 'alternated'));
  return arms.map((arm) => {
    const timed = c.random.shuffled(c.study.suts).flatMap((sut) => slicedSlice(c, sut, { arm, block }));
    const attach = arm.mechanism === 'none' ? '' : arm.mechanism;
    const census = attach === '' ? [] : c.study.suts.flatMap((sut) => censusSlices(c, sut));
    return { block, phase: 'measure', design: 'sliced', attach, slices: [...timed, ...census] };
  });
}

/** Tuples of one request to each live instance, in random order within the tuple, the whole tuple with the same payload. */
function alternatedSlice(c: Context, sut: PlannedSut, o: { units: number; settle: number }): Slice {
  const ids = c.instances.filter((instance) => instance.sut === sut.id).map((instance) => instance.id);
  const order = payloads(c.random, o.units).flatMap((hit) => c.random.shuffled(ids).map((id) => id | hit));
  return slice(sut, order, { arm: 0, settle: o.settle });
}

function slicedSlice(c: Context, sut: PlannedSut, o: { arm: PlannedArm; block: number }): Slice[] {
  const units = unitsOfBlock(c, sut, o.block);
  if (units === 0) return [];
  const base = c.instances.find((instance) => instance.sut === sut.id && instance.arm === 0)!;
  const order = payloads(c.random, units).map((hit) => base.id | hit);
  return [slice(sut, order, { arm: o.arm.index, settle: SETTLE_UNITS })];
}

function censusSlices(c: Context, sut: PlannedSut): Slice[] {
  const hooked = c.instances.filter((instance) => instance.sut === sut.id && instance.mechanism !== 'none');
  return hooked.map((instance) => {
    const order = payloads(c.random, CENSUS_UNITS).map((hit) => instance.id | hit);
    return slice(sut, order, { arm: instance.arm, settle: 0, phase: 'census' });
  });
}

function slice(sut: PlannedSut, order: readonly number[], o: { arm: number; settle: number; phase?: Phase }): Slice {
  return { sut: sut.id, order: Uint8Array.from(order), arm: o.arm, settle: o.settle, phase: o.phase ?? 'unspecified' };
}

/** half of the units hold a keyword (the odd one does not), in random order */
function payloads(random: Random, units: number): number[] {
  return random.shuffled(Array.from({ length: units }, (_, i) => (i % 2 === 1 ? HIT : 0)));
}

/** The units of an arm are spread over forks × blocks as evenly as whole units allow. */
function unitsOfBlock(c: Context, sut: PlannedSut, block: number): number {
  const units = measuredPerArm(c.study, sut) / sut.unitSamples;
  const parts = c.study.forks * c.study.blocks;
  const part = c.fork * c.study.blocks + block;
  return Math.floor((units * (part + 1)) / parts) - Math.floor((units * part) / parts);
}
