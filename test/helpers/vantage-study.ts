import type { Batch, KernelTimes, StudyRecord } from '../../controller/analysis/record.ts';
import type { Vantage } from '../../controller/analysis/results.ts';
import { type Random, random } from './random.ts';
import { makeStudy, NODE } from './study.ts';

/** A made-up study of a loop and a server with one hook in both, whose shifts are made of known parts. ns; a process start has its own
 * value of each part, drawn around these. */
export interface KnownParts {
  readonly seed: number;
  readonly forks: number;
  readonly readsPerRequest: number;
  readonly ownNs: number;
  readonly dispatchNs: number;
  readonly restNs: number;
  /** sd of each part from start to start */
  readonly partSdNs: number;
  /** alternated: a hook in the program, with a clock of its own; sliced: one in the kernel, which counts what it takes */
  readonly design: 'alternated' | 'sliced';
  /** on each read of a process beside, of a sliced hook */
  readonly besideNs: number;
  /** A hook that the loop can't have. work: its clock times its own work alone, and so it has records of its own in the server; call: the read too. */
  readonly loopless: 'work' | 'call' | null;
}

export const PARTS: KnownParts = {
  seed: 1,
  forks: 6,
  readsPerRequest: 2,
  ownNs: 150,
  dispatchNs: 60,
  restNs: 400,
  partSdNs: 25,
  design: 'alternated',
  besideNs: 90,
  loopless: null,
};

const BLOCKS = 3;
const PER_BLOCK = 12;
const READ_NS = 600;
const REQUEST_NS = 50_000;
const HOOK = 2;
const MECHANISM = { alternated: 'ld-preload', sliced: 'bpf' } as const;

export function vantageStudy(parts: Partial<KnownParts> = {}): StudyRecord {
  const full = { ...PARTS, ...parts };
  const { design } = full;
  const mechanism = full.loopless === null ? MECHANISM[design] : 'node-preload';
  const world = new World(random(full.seed));
  const batches = Array.from({ length: full.forks }, (_, fork) => world.fork(full, fork)).flat();
  const frame = makeStudy({ forks: 0, warmup: 0, designs: ['alternated'] });
  return {
    ...frame,
    forks: full.forks,
    blocks: BLOCKS,
    warmup: 0,
    suts: ['java-hello', 'read-loop'],
    plannedSamples: { 'java-hello': 0, 'read-loop': 0 },
    mechanisms: ['none', mechanism],
    // no A/A arm: the studies it would make invalid are those in which the baseline happens to be extreme
    arms: [
      ...frame.arms.filter((arm) => arm.mechanism === 'none' && !arm.aa),
      { index: HOOK, mechanism, aa: false, design },
    ],
    batches,
    ...(full.loopless !== null && {
      unsuited: [{ sut: 'read-loop', mechanism, why: 'read-loop is no Node.js program' }],
      catalogue: [
        {
          id: mechanism,
          layer: 'runtime',
          actions: [],
          functions: [],
          limits: [],
          manner: [],
          clockHolds: full.loopless,
        },
      ],
    }),
    kernelTimes: world.kernelTimes,
    parity: [
      countedReads(mechanism, 'java-hello', full.readsPerRequest),
      ...(full.loopless === null ? [countedReads(mechanism, 'read-loop', 1)] : []),
    ],
  };
}

function countedReads(mechanism: string, sut: string, reads: number): StudyRecord['parity'][number] {
  const counts = { expectedReads: 1000, seenReads: 1000 * reads, expectedBytes: 88_000, seenBytes: 88_000 };
  const place = { sut, condition: 'process', node: NODE.id, mechanism, source: 'load' } as const;
  return { ...place, ...counts, expectedHits: 500, seenHits: 500, ratio: 1, ok: true };
}

/** of one arm at one clock */
interface Level {
  readonly arm: number;
  readonly ns: number;
}

class World {
  private readonly random: Random;
  readonly kernelTimes: KernelTimes[] = [];
  private nowNs = 1_000_000_000n;

  constructor(seeded: Random) {
    this.random = seeded;
  }

  fork(parts: KnownParts, fork: number): readonly Batch[] {
    const around = (ns: number) => ns + this.random.normal() * parts.partSdNs;
    const [own, dispatch, rest] = [around(parts.ownNs), around(parts.dispatchNs), around(parts.restNs)];
    if (parts.design === 'sliced') this.kernelTimes.push(this.counted(fork, own));
    const request = parts.readsPerRequest * (own + dispatch) + rest;
    return Array.from({ length: BLOCKS }, (_, block) => {
      const machine = this.random.normal();
      const loop = READ_NS + 20 * machine;
      const server = REQUEST_NS + 500 * machine;
      const at = { fork, block, design: parts.design };
      if (parts.loopless !== null) {
        const record = own + (parts.loopless === 'call' ? READ_NS : 0);
        return [
          this.batch('read-loop', 'caller', at, 15, [{ arm: 0, ns: loop }]),
          this.batch('java-hello', 'interposer', at, 15, [{ arm: HOOK, ns: record }]),
          this.batch('java-hello', 'client', at, 60, arms(server, request)),
        ];
      }
      const inside = parts.design === 'alternated' ? [{ arm: HOOK, ns: loop + own }] : [];
      return [
        this.batch('read-loop', 'caller', at, 15, arms(loop, own + dispatch)),
        this.batch('read-loop', 'interposer', at, 15, inside),
        this.batch('java-hello', 'client', at, 60, arms(server, request)),
        ...(parts.design === 'sliced'
          ? [
              {
                ...this.batch('read-loop', 'caller', at, 15, arms(loop, parts.besideNs + dispatch - parts.dispatchNs)),
                phase: 'bystander' as const,
              },
            ]
          : []),
      ];
    }).flat();
  }

  /** 3 runs of calls that are filtered out for each read, at 80 ns */
  private counted(fork: number, ownNs: number): KernelTimes {
    const reads = 800;
    const times = {
      runTimeNs: reads * (ownNs + 3 * 80),
      runs: reads * 5,
      besideRunTimeNs: 4_000 * 80,
      besideRuns: 4_000,
    };
    return {
      node: NODE.id,
      sut: 'read-loop',
      condition: 'process',
      mechanism: MECHANISM.sliced,
      fork,
      reads,
      ...times,
      missing: '',
    };
  }

  private batch(
    sut: string,
    vantage: Vantage,
    at: Pick<Batch, 'fork' | 'block' | 'design'>,
    sdNs: number,
    levels: readonly Level[],
  ): Batch {
    const order = Array.from({ length: PER_BLOCK }, () => levels).flat();
    const t0Ns = this.nowNs;
    this.nowNs += 10_000_000n;
    return {
      ...at,
      ...{ node: NODE.id, sut, condition: 'process', vantage, phase: 'measure', step: 0, t0Ns },
      dtNs: Uint32Array.from(order, (_, i) => i * 1000),
      latencyNs: Uint32Array.from(order, ({ ns }) => Math.max(1, Math.round(ns + sdNs * this.random.normal()))),
      arm: Uint8Array.from(order, ({ arm }) => arm),
      flags: new Uint8Array(order.length),
    };
  }
}

function arms(base: number, shift: number): readonly Level[] {
  return [
    { arm: 0, ns: base },
    { arm: HOOK, ns: base + shift },
  ];
}
