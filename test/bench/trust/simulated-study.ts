/** A study as the product plans it, carried out by a simulated machine, as the record that the analysis reads. Pure and seeded. */

import type { Assignment, Slice, Step } from '#proto';
import { type Batch, SAMPLE_HIT, SAMPLE_SETTLE, type StudyRecord } from '../../../controller/analysis/record.ts';
import { planStudy } from '../../../controller/plan/plan.ts';
import { armsOf, measuredPerArm, type ResolvedStudy } from '../../../controller/plan/study.ts';
import { type Random, random } from '../../helpers/random.ts';
import { NODE } from '../../helpers/study.ts';
import { resolved } from './live-study.ts';
import { Disturbance, type World } from './world.ts';

export interface SimulatedStudy {
  readonly world: World;
  readonly seed: number;
  readonly forks: number;
  readonly blocks: number;
  /** measured requests per arm */
  readonly perArm: number;
  /** true cost of both mechanisms */
  readonly shiftNs: number;
}

/** between two requests of the load generator, and between two slices */
const GAP_NS = 1000;
const SLICE_GAP_NS = 10_000_000;

/** One alternated mechanism (arm 2) and one sliced one (arm 3), and none against none in both designs. */
export function simulateStudy(o: SimulatedStudy): StudyRecord {
  const study = resolved({ ...o, placed: ['ld-preload'], attached: ['bpftrace'] });
  const machine = new Machine(o, study);
  const batches = planStudy(study, NODE.id).flatMap((assignment) => machine.run(assignment));
  const { id, seed, requests: requestsPerArm, warmup, forks, blocks, action, conditions, command, marginNs } = study;
  const sut = study.suts[0]!;
  return {
    ...{ id, seed, requestsPerArm, warmup, forks, blocks, action, conditions, command, marginNs, batches },
    startedAt: '2026-11-23T00:00:00.000Z',
    finishedAt: '2026-11-23T00:03:00.000Z',
    status: 'complete',
    plannedSamples: { [sut.id]: measuredPerArm(study, sut) },
    suts: [sut.id],
    mechanisms: ['none', ...study.placed, ...study.attached],
    keywords: 1,
    hookbenchVersion: '0.0.0',
    nodes: [NODE],
    arms: armsOf(study),
    histograms: [],
    functions: study.functions,
    catalogue: [],
    keywordList: [],
    traces: [],
    blocking: [],
    parity: [],
    loss: [],
    throttling: [],
    warnings: [],
  };
}

class Machine {
  readonly #o: SimulatedStudy;
  readonly #sut: string;
  readonly #disturbance: Disturbance;
  readonly #random: Random;
  #nowNs = 1_000_000_000n;

  constructor(o: SimulatedStudy, study: ResolvedStudy) {
    this.#o = o;
    this.#sut = study.suts[0]!.id;
    this.#disturbance = new Disturbance(o.world, o.seed * 2 + 1);
    this.#random = random(o.seed * 2);
  }

  run(assignment: Assignment): Batch[] {
    const { world, shiftNs } = this.#o;
    const processNs = new Map(
      assignment.instances.map(({ id }) => [id, world.baseNs + world.processSdNs * this.#random.normal()]),
    );
    const armNs = [0, 1, 2, 3].map((arm) => {
      const ownNs = arm === 0 ? 0 : world.interactionSdNs * this.#random.normal();
      return ownNs + (arm >= 2 ? shiftNs : 0);
    });
    const armOf = new Map(assignment.instances.map(({ id, arm }) => [id, arm]));
    const life = { done: 0, of: unitsOf(assignment) };
    return assignment.steps.flatMap((step) =>
      step.slices
        .filter((slice) => slice.phase === 'unspecified')
        .map((slice) => {
          const place = { fork: assignment.fork, condition: assignment.condition, step, slice };
          const costNs = (id: number) => {
            const arm = step.design === 'sliced' ? slice.arm : armOf.get(id)!;
            return { arm, latencyNs: processNs.get(id)! + armNs[arm]! };
          };
          return this.#slice(place, costNs, life);
        }),
    );
  }

  #slice(
    place: { fork: number; condition: string; step: Step; slice: Slice },
    costNs: (instance: number) => { arm: number; latencyNs: number },
    life: { done: number; readonly of: number },
  ): Batch {
    const { world } = this.#o;
    const { step, slice } = place;
    const order = settling(slice);
    const settled = order.length - slice.order.length;
    const n = order.length;
    const columns = {
      dtNs: new Uint32Array(n),
      latencyNs: new Uint32Array(n),
      arm: new Uint8Array(n),
      flags: new Uint8Array(n),
    };
    let dtNs = 0;
    for (let i = 0; i < n; i++) {
      const byte = order[i]!;
      const cost = costNs(byte & 0x3f);
      const driftNs = world.iqrNs * world.drift * Math.exp((-5 * life.done++) / life.of);
      const latencyNs = Math.max(1000, Math.round(cost.latencyNs + driftNs + this.#disturbance.nextNs()));
      columns.dtNs[i] = dtNs;
      columns.latencyNs[i] = latencyNs;
      columns.arm[i] = cost.arm;
      columns.flags[i] = (byte & 0x80 ? SAMPLE_HIT : 0) | (i < settled ? SAMPLE_SETTLE : 0);
      dtNs += latencyNs + GAP_NS;
    }
    const t0Ns = this.#nowNs;
    this.#nowNs += BigInt(dtNs + SLICE_GAP_NS);
    const where = { node: NODE.id, sut: this.#sut, condition: place.condition, vantage: 'client' } as const;
    const { design, phase, block, index } = step;
    return {
      ...where,
      design: design as Batch['design'],
      phase: phase as Batch['phase'],
      fork: place.fork,
      block,
      step: index,
      t0Ns,
      ...columns,
    };
  }
}

/** as the load generator does it: round robin over the instances named, kinds in turn */
function settling({ order, settle }: Slice): Uint8Array {
  const named = [...new Set(Array.from(order, (byte) => byte & 0x3f))];
  const first = Array.from({ length: settle }, (_, i) => named.map((id) => id | (i % 2 === 1 ? 0x80 : 0)));
  return Uint8Array.from([...first.flat(), ...order]);
}

function unitsOf(assignment: Assignment): number {
  return assignment.steps.flatMap((step) => step.slices).reduce((sum, { order }) => sum + order.length, 0);
}
