/** study → one assignment per condition and fork, every request's arm and payload decided by the seed. Pure. */

import type { Assignment, Instance, Phase, Slice, Step } from '#proto';
import { type Bystander, planBystander } from './bystander.ts';
import { Random } from './random.ts';
import {
  armsOf,
  armsOn,
  type PlannedArm,
  type PlannedSut,
  type ResolvedStudy,
  suits,
  unitsOfBlock,
  warmupOf,
} from './study.ts';

/** units sent first after a new connection, not analysed */
export const SETTLE_UNITS = 20;
/** units sent to each hooked instance while a kernel mechanism is attached, to compare what both count */
const CENSUS_UNITS = 40;
const HIT = 0x80;

/** @param node each node gets an order of its own from the same seed */
export function planStudy(study: ResolvedStudy, node: string): Assignment[] {
  return planForks(study, node, { from: 0, to: study.forks });
}

/** The forks from … to−1, also past the number planned: fork n is the same whatever was planned before it. */
export function planForks(study: ResolvedStudy, node: string, o: { from: number; to: number }): Assignment[] {
  const forks = Array.from({ length: o.to - o.from }, (_, i) => {
    const fork = o.from + i;
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
  const instances = o.random
    .shuffled(study.suts.flatMap((sut) => instancesOf(sut, armsOn(study, sut.id))))
    .map((instance, id) => ({ ...instance, id }));
  const stream = `${o.node} ${o.condition} fork ${o.fork}`;
  const bystander = planBystander(study, { id: instances.length, stream });
  const context = { study, arms, instances, random: o.random, fork: o.fork, bystander };
  const steps = [
    ...o.random.shuffled(study.suts).flatMap((sut) => warmupSteps(context, sut)),
    ...(bystander === null ? [] : [besideStep(bystander)]),
    ...measureSteps(context),
  ];
  return {
    studyId: study.id,
    assignmentId: `${study.id}/${o.node}/${o.condition}/${o.fork}`,
    fork: o.fork,
    condition: o.condition,
    action: study.action,
    functions: [...study.functions],
    blockErrno: study.blockErrno ?? '',
    keywords: [...study.keywords],
    requestBytes: study.requestBytes,
    instances: bystander === null ? instances : [...instances, bystander.instance],
    steps: steps.map((step, index) => ({ ...step, index })),
  };
}

interface Context {
  readonly study: ResolvedStudy;
  readonly arms: readonly PlannedArm[];
  readonly instances: readonly Instance[];
  readonly random: Random;
  readonly fork: number;
  readonly bystander: Bystander | null;
}

type UnnumberedStep = Omit<Step, 'index'>;

/** One live instance per alternated arm, and one more on which all sliced arms run. An instance serves one design only: were the baseline of
 * both the same process, it would have had more requests than the arms it is compared with, and A/A shows that that alone is worth microseconds. */
function instancesOf(sut: PlannedSut, arms: readonly PlannedArm[]): Omit<Instance, 'id'>[] {
  const alternated = arms
    .filter((arm) => arm.design !== 'sliced')
    .map(({ mechanism, index }) => ({ sut: sut.id, mechanism, arm: index, design: 'alternated' as const }));
  const anySliced = arms.some((arm) => arm.design !== 'alternated');
  return anySliced ? [...alternated, { sut: sut.id, mechanism: 'none', arm: 0, design: 'sliced' }] : alternated;
}

function warmupSteps(c: Context, sut: PlannedSut): UnnumberedStep[] {
  const units = Math.ceil(warmupOf(c.study, sut) / sut.unitSamples);
  const common = { block: 0, phase: 'warmup', attach: '' } as const;
  const steps: UnnumberedStep[] = [
    { ...common, design: 'alternated', slices: alternatedSlices(c, sut, { units, settle: 0 }) },
    { ...common, design: 'sliced', slices: slicedSlices(c, sut, { arm: 0, units, settle: 0 }) },
  ];
  return steps.filter((step) => step.slices.length > 0);
}

function besideStep(bystander: Bystander): UnnumberedStep {
  return { block: 0, phase: 'warmup', design: 'sliced', attach: '', slices: [bystander.warmup()] };
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
  const slices = alternatedSlices(c, sut, { units: unitsOfBlock(c.study, sut, c.fork, block), settle: SETTLE_UNITS });
  return { block, phase: 'measure', design: 'alternated', attach: '', slices };
}

/** one stretch per sliced arm (none, none again, each attached mechanism) in random order, over all SUTs */
function slicedSteps(c: Context, block: number): UnnumberedStep[] {
  const arms = c.random.shuffled(c.arms.filter((arm) => arm.design !== 'alternated'));
  return arms.map((arm) => {
    const suited = c.study.suts.filter((sut) => suits(c.study, sut.id, arm.mechanism));
    const timed = c.random.shuffled(suited).flatMap((sut) => {
      return slicedSlices(c, sut, {
        arm: arm.index,
        units: unitsOfBlock(c.study, sut, c.fork, block),
        settle: SETTLE_UNITS,
      });
    });
    const beside = c.bystander === null ? [] : [c.bystander.slice(arm.index)];
    const attach = arm.mechanism === 'none' ? '' : arm.mechanism;
    const census = attach === '' ? [] : [...besideCensus(c), ...suited.flatMap((sut) => censusSlices(c, sut))];
    return { block, phase: 'measure', design: 'sliced', attach, slices: [...timed, ...beside, ...census] };
  });
}

/** Tuples of one request to each live instance, in random order within the tuple, the whole tuple with the same payload. */
function alternatedSlices(c: Context, sut: PlannedSut, o: { units: number; settle: number }): Slice[] {
  const ids = instanceIds(c, sut, 'alternated');
  if (o.units === 0 || ids.length === 0) return [];
  const order = payloads(c.random, o.units).flatMap((hit) => c.random.shuffled(ids).map((id) => id | hit));
  return [slice(sut, order, { arm: 0, settle: o.settle })];
}

function slicedSlices(c: Context, sut: PlannedSut, o: { arm: number; units: number; settle: number }): Slice[] {
  const [id] = instanceIds(c, sut, 'sliced');
  if (o.units === 0 || id === undefined) return [];
  return [
    slice(
      sut,
      payloads(c.random, o.units).map((hit) => id | hit),
      { arm: o.arm, settle: o.settle },
    ),
  ];
}

/** only where something else is counted as well */
function besideCensus(c: Context): Slice[] {
  const counted = c.instances.some(({ design }) => design === 'alternated');
  return c.bystander === null || !counted ? [] : [c.bystander.census()];
}

/** Every alternated instance gets the same census, hooked or not: otherwise the hooked one would have had more requests. */
function censusSlices(c: Context, sut: PlannedSut): Slice[] {
  return c.random.shuffled(instanceIds(c, sut, 'alternated')).map((id) => {
    const order = payloads(c.random, CENSUS_UNITS).map((hit) => id | hit);
    const { arm } = c.instances.find((instance) => instance.id === id)!;
    return slice(sut, order, { arm, settle: 0, phase: 'census' });
  });
}

function instanceIds(c: Context, sut: PlannedSut, design: 'alternated' | 'sliced'): number[] {
  return c.instances
    .filter((instance) => instance.sut === sut.id && instance.design === design)
    .map((instance) => instance.id);
}

function slice(sut: PlannedSut, order: readonly number[], o: { arm: number; settle: number; phase?: Phase }): Slice {
  return { sut: sut.id, order: Uint8Array.from(order), arm: o.arm, settle: o.settle, phase: o.phase ?? 'unspecified' };
}

/** half of the units hold a keyword (the odd one does not), in random order */
function payloads(random: Random, units: number): number[] {
  return random.shuffled(Array.from({ length: units }, (_, i) => (i % 2 === 1 ? HIT : 0)));
}
