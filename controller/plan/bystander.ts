/** The process beside: one that no probe is asked to watch, read from while probes are attached and while none is. What it then takes longer
 * is what an attached mechanism costs everybody else on the machine. */

import type { Hello, Instance, Slice } from '#proto';
import { Random } from './random.ts';
import { type PlannedSut, type ResolvedStudy, warmupOf } from './study.ts';

/** of one slice: 1,000 reads of read-loop, some 4 ms */
const UNITS = 50;
const SETTLE_UNITS = 5;
const HIT = 0x80;

/** The first SUT that every agent has and that times its own reads; null where nothing is attached from outside, or there is none. */
export function bystanderOf(
  agents: readonly Hello[],
  { attached, action }: { readonly attached: number; readonly action: string },
): PlannedSut | null {
  const [first, ...others] = agents;
  if (first === undefined || attached === 0) return null;
  const isHere = (hello: Hello, id: string) =>
    hello.suts.some((sut) => sut.id === id && sut.support === 'supported' && sut.actions.includes(action));
  const found = first.suts.find(
    ({ id, vantage }) => vantage === 'caller' && [first, ...others].every((hello) => isHere(hello, id)),
  );
  return found === undefined
    ? null
    : { id: found.id, warmup: found.warmup, unitSamples: Math.max(1, found.unitSamples) };
}

export interface Bystander {
  readonly instance: Instance;
  /** sent before anything is measured, and not analysed */
  warmup(): Slice;
  /** the same work for the census, whose hooks filter it out */
  census(): Slice;
  /** @param arm of the step that it stands in */
  slice(arm: number): Slice;
}

/** The bystander of one fork, its payloads drawn apart from those of the rest of the plan; null where the study has none. */
export function planBystander(study: ResolvedStudy, o: { id: number; stream: string }): Bystander | null {
  const sut = study.bystander ?? null;
  if (sut === null) return null;
  const random = new Random(study.seed, `${o.stream} bystander`);
  const slice = (units: number, arm: number, settle: number, phase: Slice['phase']): Slice => {
    const hits = random.shuffled(Array.from({ length: units }, (_, i) => (i % 2 === 1 ? HIT : 0)));
    return { sut: sut.id, order: Uint8Array.from(hits, (hit) => o.id | hit), arm, settle, phase };
  };
  return {
    instance: { id: o.id, sut: sut.id, mechanism: 'none', arm: 0, design: 'sliced' },
    warmup: () => slice(Math.max(1, Math.ceil(warmupOf(study, sut) / sut.unitSamples)), 0, 0, 'census'),
    census: () => slice(UNITS, 0, 0, 'census'),
    slice: (arm) => slice(UNITS, arm, SETTLE_UNITS, 'bystander'),
  };
}
