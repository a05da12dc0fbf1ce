/** A plan in numbers, for reading: what will run, how often, in which order and for how long. Pure. */

import { createHash } from 'node:crypto';
import type { Assignment, Note } from '#proto';
import { planStudy } from './plan.ts';
import { armsOn, measuredPerArm, type ResolvedStudy, warmupOf } from './study.ts';
import { expectedMs, type Timing } from './timing.ts';

export const OUTLINE_SCHEMA = 'hookbench.outline/v1';

export interface Outline {
  readonly schema: typeof OUTLINE_SCHEMA;
  readonly seed: number;
  /** of the order of all requests: equal seeds and studies on equally named nodes give equal ones */
  readonly orderSha256: string;
  readonly node: string;
  readonly forks: number;
  readonly blocks: number;
  readonly action: string;
  readonly conditions: readonly string[];
  readonly cells: readonly OutlineCell[];
  readonly requestsInAll: number;
  readonly expectedS: number;
  readonly expectedFrom: string;
  /** what was left out, and why */
  readonly notices: readonly Note[];
}

export interface OutlineCell {
  readonly sut: string;
  readonly design: 'alternated' | 'sliced';
  readonly baseline: 'none';
  /** none is the A/A arm */
  readonly treated: string;
  readonly requestsPerArm: number;
  /** sent before measuring, in each fork; more may be detected */
  readonly warmupFloor: number;
  /** requests of each arm in one block; a pair (alternated: a tuple over all arms) is one of each */
  readonly pairsPerBlock: number;
  readonly pairs: number;
}

export function outlineOf(
  study: ResolvedStudy,
  o: { node: string; timing: Timing; notices: readonly Note[] },
): { readonly outline: Outline; readonly assignments: readonly Assignment[] } {
  const assignments = planStudy(study, o.node);
  const outline = {
    schema: OUTLINE_SCHEMA,
    seed: study.seed,
    orderSha256: orderDigest(assignments),
    node: o.node,
    ...{ forks: study.forks, blocks: study.blocks, action: study.action, conditions: study.conditions },
    cells: cellsOfPlan(study),
    requestsInAll: requestsOf(study, assignments),
    expectedS: Math.round(expectedMs(study, o.timing) / 1000),
    expectedFrom: o.timing.source,
    notices: o.notices,
  } as const;
  return { outline, assignments };
}

/** SHA-256 over fork, condition, instances and the order of each slice, in the order they run */
export function orderDigest(assignments: readonly Assignment[]): string {
  const hash = createHash('sha256');
  for (const { fork, condition, instances, steps } of assignments) {
    hash.update(JSON.stringify([fork, condition, instances]));
    for (const { attach, design, slices } of steps) {
      for (const slice of slices) {
        hash.update(JSON.stringify([attach, design, slice.sut, slice.arm, slice.settle, slice.phase]));
        hash.update(slice.order);
      }
    }
  }
  return hash.digest('hex');
}

function cellsOfPlan(study: ResolvedStudy): readonly OutlineCell[] {
  return study.suts.flatMap((sut) => {
    const pairs = measuredPerArm(study, sut);
    const numbers = {
      requestsPerArm: study.requests,
      warmupFloor: warmupOf(study, sut),
      pairs,
      pairsPerBlock: Math.round(pairs / (study.forks * study.blocks)),
    };
    return armsOn(study, sut.id).flatMap((arm) => {
      if (arm.mechanism === 'none' && !arm.aa) return [];
      const designs = arm.design === 'both' ? (['alternated', 'sliced'] as const) : [arm.design];
      return designs.map((design) => {
        return { sut: sut.id, design, baseline: 'none' as const, treated: arm.mechanism, ...numbers };
      });
    });
  });
}

/** warm-up, settling and census included */
function requestsOf(study: ResolvedStudy, assignments: readonly Assignment[]): number {
  const samples = new Map(study.suts.map(({ id, unitSamples }) => [id, unitSamples]));
  let requests = 0;
  for (const { slices } of assignments.flatMap(({ steps }) => steps)) {
    for (const { sut, order, settle } of slices) {
      const instances = new Set(Array.from(order, (byte) => byte & 0x3f)).size;
      requests += (order.length + settle * instances) * (samples.get(sut) ?? 1);
    }
  }
  return requests;
}
