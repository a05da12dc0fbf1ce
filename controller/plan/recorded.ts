/** plan.json: the order of every request, so that two runs with one seed can be compared byte by byte. */

import type { Assignment } from '#proto';

/** @param plans node → its assignments, in the order they run */
export function recordedPlan(seed: number, plans: ReadonlyMap<string, readonly Assignment[]>): unknown {
  return {
    schema: 'hookbench.plan/v1',
    seed,
    order: 'base64, one byte per unit of work: bits 0-5 instance, bit 7 payload with a keyword',
    nodes: [...plans].map(([node, assignments]) => ({
      node,
      forks: assignments.map(({ fork, condition, instances, steps }) => ({
        fork,
        condition,
        instances,
        steps: steps.map((step) => ({
          ...step,
          slices: step.slices.map((slice) => ({ ...slice, order: Buffer.from(slice.order).toString('base64') })),
        })),
      })),
    })),
  };
}
