import { type Arm, type Batch, SAMPLE_HIT, SAMPLE_SETTLE, type StudyRecord } from '../../controller/analysis/record.ts';
import type { Design, NodeFacts } from '../../controller/analysis/results.ts';
import { type Random, random } from './random.ts';

/** A made-up study whose true shifts are known. All latencies in ns; the defaults are quiet and small. */
export interface StudyShape {
  readonly seed: number;
  readonly forks: number;
  readonly blocks: number;
  /** measured requests per arm and block */
  readonly perBlock: number;
  /** warm-up requests per arm and fork */
  readonly warmup: number;
  /** true shift of ld-preload (alternated) and bpftrace (sliced) */
  readonly preloadShiftNs: number;
  readonly bpftraceShiftNs: number;
  /** what the second `none` is slower by: an instrument at fault */
  readonly aaShiftNs: number;
  /** the hook's further cost where the payload holds a keyword */
  readonly hitShiftNs: number;
  readonly noiseSdNs: number;
  /** lag-1 correlation of the noise, request to request */
  readonly lag1: number;
  /** how much live processes differ from each other */
  readonly instanceSdNs: number;
  /** how much a mechanism's cost differs from process to process */
  readonly forkShiftSdNs: number;
  /** rise over one fork */
  readonly driftNs: number;
  /** height of a wave every 7.3 blocks */
  readonly waveNs: number;
  /** share of requests with a stall of some 30 × the noise */
  readonly stallShare: number;
  readonly designs: readonly Design[];
  readonly sut: string;
}

export const QUIET: StudyShape = {
  seed: 7,
  forks: 6,
  blocks: 10,
  perBlock: 40,
  warmup: 30,
  preloadShiftNs: 0,
  bpftraceShiftNs: 0,
  aaShiftNs: 0,
  hitShiftNs: 0,
  noiseSdNs: 2000,
  lag1: 0,
  instanceSdNs: 0,
  forkShiftSdNs: 0,
  driftNs: 0,
  waveNs: 0,
  stallShare: 0,
  designs: ['alternated', 'sliced'],
  sut: 'java-hello',
};

export const ARMS: readonly Arm[] = [
  { index: 0, mechanism: 'none', aa: false, design: 'both' },
  { index: 1, mechanism: 'none', aa: true, design: 'both' },
  { index: 2, mechanism: 'ld-preload', aa: false, design: 'alternated' },
  { index: 3, mechanism: 'bpftrace', aa: false, design: 'sliced' },
];

/** A complete study of one SUT in condition `process`, loss-free and in parity. */
export function makeStudy(shape: Partial<StudyShape> = {}): StudyRecord {
  const full = { ...QUIET, ...shape };
  const world = new World(full);
  const batches = full.designs.flatMap((design) => range(full.forks).flatMap((fork) => world.fork(design, fork)));
  return {
    id: 'study-1',
    seed: full.seed,
    startedAt: '2026-11-23T00:00:00.000Z',
    finishedAt: '2026-11-23T00:03:00.000Z',
    status: 'complete',
    requestsPerArm: full.forks * (full.blocks * full.perBlock + full.warmup),
    plannedSamples: { [full.sut]: full.forks * full.blocks * full.perBlock },
    warmup: full.warmup,
    forks: full.forks,
    blocks: full.blocks,
    action: 'observe',
    functions: ['read'],
    suts: [full.sut],
    mechanisms: ['none', 'ld-preload', 'bpftrace'],
    conditions: ['process'],
    keywords: 200,
    hookbenchVersion: '0.1.0',
    command: 'hookbench run',
    marginNs: null,
    nodes: [NODE],
    arms: ARMS.filter(({ design }) => design === 'both' || full.designs.includes(design)),
    batches,
    histograms: [],
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

const BASE_NS = 50_000;

/** one clock, one noise process: what happens to neighbouring requests of different arms is alike */
class World {
  private readonly shape: StudyShape;
  private readonly random: Random;
  private nowNs = 1_000_000_000n;
  private noise = 0;
  private progress = 0;

  constructor(shape: StudyShape) {
    this.shape = shape;
    this.random = random(shape.seed);
  }

  fork(design: Design, fork: number): readonly Batch[] {
    const { shape } = this;
    const treated = design === 'alternated' ? 2 : 3;
    const ownNs = design === 'alternated';
    const common = this.random.normal() * shape.instanceSdNs;
    const arms = [0, 1, treated].map((index) => ({
      index,
      levelNs: this.levelNs(index, ownNs ? this.random.normal() * shape.instanceSdNs : common),
    }));
    this.progress = 0;
    const warmup = this.batch(design, 'warmup', fork, 0, this.tuples(arms, shape.warmup));
    const measured = range(shape.blocks).flatMap((block) => {
      this.progress = block / shape.blocks;
      if (design === 'alternated') {
        return [this.batch(design, 'measure', fork, block, this.tuples(arms, shape.perBlock))];
      }
      return this.random.shuffled(arms).map((arm) =>
        this.batch(
          design,
          'measure',
          fork,
          block,
          range(shape.perBlock).map(() => arm),
        ),
      );
    });
    return [warmup, ...measured];
  }

  private levelNs(arm: number, instanceNs: number): number {
    const { preloadShiftNs, bpftraceShiftNs, aaShiftNs, forkShiftSdNs } = this.shape;
    const shiftNs = [0, aaShiftNs, preloadShiftNs, bpftraceShiftNs][arm] as number;
    const forkShiftNs = arm === 0 ? 0 : this.random.normal() * forkShiftSdNs;
    return BASE_NS + instanceNs + shiftNs + forkShiftNs;
  }

  private tuples<T>(arms: readonly T[], n: number): readonly T[] {
    return range(n).flatMap(() => this.random.shuffled(arms));
  }

  private batch(
    design: Design,
    phase: Batch['phase'],
    fork: number,
    block: number,
    order: readonly { readonly index: number; readonly levelNs: number }[],
  ): Batch {
    const n = order.length;
    const columns = {
      dtNs: new Uint32Array(n),
      latencyNs: new Uint32Array(n),
      arm: new Uint8Array(n),
      flags: new Uint8Array(n),
    };
    const t0Ns = this.nowNs;
    let dtNs = 0;
    order.forEach(({ index, levelNs }, i) => {
      const isHit = this.random.uniform() < 0.5;
      const hookNs = isHit && index >= 2 ? this.shape.hitShiftNs : 0;
      const latencyNs = Math.max(1, Math.round(levelNs + hookNs + this.disturbanceNs()));
      columns.dtNs[i] = dtNs;
      columns.latencyNs[i] = latencyNs;
      columns.arm[i] = index;
      columns.flags[i] = isHit ? SAMPLE_HIT : 0;
      dtNs += latencyNs + 1000;
    });
    this.nowNs += BigInt(dtNs) + 10_000_000n;
    const { sut } = this.shape;
    const place = { node: NODE.id, sut, condition: 'process', vantage: 'client' } as const;
    return { ...place, design, phase, fork, block, step: 0, t0Ns, ...columns };
  }

  private disturbanceNs(): number {
    const { noiseSdNs, lag1, driftNs, waveNs, stallShare, blocks } = this.shape;
    this.noise = lag1 * this.noise + Math.sqrt(1 - lag1 * lag1) * this.random.normal();
    const wave = Math.sin((2 * Math.PI * this.progress * blocks) / 7.3);
    const stallNs = this.random.uniform() < stallShare ? 30 * noiseSdNs * this.random.uniform() : 0;
    return noiseSdNs * this.noise + driftNs * this.progress + waveNs * wave + stallNs;
  }
}

/** marks the first `n` samples of every measured batch as settling ones */
export function withSettling(study: StudyRecord, n: number): StudyRecord {
  const batches = study.batches.map((batch) => {
    if (batch.phase !== 'measure') return batch;
    return { ...batch, flags: batch.flags.map((flags, i) => (i < n ? flags | SAMPLE_SETTLE : flags)) };
  });
  return { ...study, batches };
}

export const NODE: NodeFacts = {
  id: 'node-1',
  hostname: 'host-1',
  kernel: '6.1.0',
  os: 'Debian 12',
  cpu: 'test',
  cores: 2,
  virtualization: 'kvm',
  memoryBytes: 8e9,
  libc: 'glibc 2.36',
  node: 'v20.20.2',
  java: '17',
  bpftrace: '0.17',
  load: 'native',
  pinning: 'load on core 1, SUT on core 0',
};

function range(n: number): readonly number[] {
  return Array.from({ length: n }, (_, i) => i);
}
