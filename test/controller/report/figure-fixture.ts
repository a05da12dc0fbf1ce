/** Figures that go with test/helpers/results.ts: drawn from a seeded generator, so that every run draws the same. */

import type { Results } from '../../../controller/analysis/results.ts';
import type {
  BlockSeriesInput,
  BoxInput,
  EcdfInput,
  FigureSet,
  HistogramInput,
  LagInput,
  VantageInput,
} from '../../../controller/report/index.ts';

const REQUESTS = 50_000;
const WARMUP = 4_000;

interface Arm {
  readonly label: string;
  readonly mechanism: string;
  readonly aa: boolean;
  readonly design: 'alternated' | 'sliced' | 'sequential';
  readonly baseNs: number;
  readonly sdNs: number;
  readonly vantage: BoxInput['vantage'];
}

export function figuresFor(results: Results): readonly FigureSet[] {
  return results.study.suts.map((sut, i) => {
    const random = generator(i + 1);
    const arms = armsOf(results, sut);
    return {
      sut,
      boxes: arms.map((a) => box(a, random)),
      lags: arms.map((a) => lag(a, random)),
      blocks: blocks(arms, random),
      ecdfs: arms.map(ecdf),
      histograms: arms.map((a) => histogram(a, Math.min(...arms.map((one) => one.baseNs - one.sdNs)))),
      vantages: arms.flatMap((a) => (a.mechanism === 'none' ? [] : [vantage(a)])),
    };
  });
}

function armsOf(results: Results, sut: string): readonly Arm[] {
  return results.comparisons
    .filter((c) => c.sut === sut)
    .flatMap((c) => {
      const arm = (label: string, mechanism: string, aa: boolean, s: typeof c.baselineStats): Arm => {
        return { label, mechanism, aa, design: c.design, baseNs: s.p50Ns, sdNs: s.sdNs, vantage: c.vantage };
      };
      const treated = arm(c.treated, c.treated, false, c.treatedStats);
      return [arm('none', 'none', false, c.baselineStats), arm('none (A/A)', 'none', true, c.baselineStats), treated];
    });
}

function box(arm: Arm, random: () => number): BoxInput {
  const at = (z: number) => arm.baseNs + z * arm.sdNs;
  const outliersNs = Array.from({ length: 200 }, () => at(1.5 + -Math.log(1 - random()) * 2));
  return {
    ...name(arm),
    vantage: arm.vantage,
    n: 46_000,
    q1Ns: at(-0.31),
    medianNs: at(0),
    q3Ns: at(0.42),
    whiskerLowNs: at(-0.9),
    whiskerHighNs: at(1.51),
    outlierCount: 1_604,
    outliersNs,
    maxNs: at(61),
  };
}

/** of an exponential past its fastest request */
function ecdf(arm: Arm): EcdfInput {
  const at = (share: number) => arm.baseNs + arm.sdNs * (-0.9 - Math.log(1 - Math.min(share, 0.999_98)));
  const shares = Array.from({ length: 40 }, (_, i) => 10 ** -((i + 3) / 10));
  return {
    ...name(arm),
    vantage: arm.vantage,
    n: 46_000,
    body: Array.from({ length: 101 }, (_, i) => ({ share: i / 100, ns: at(i / 100) })),
    bandShare: 0.012,
    tail: shares.map((share) => ({ share, ns: at(1 - share), lowShare: share / 1.4, highShare: share * 1.4 })),
  };
}

function histogram(arm: Arm, fromNs: number): HistogramInput {
  const widthNs = arm.sdNs / 10;
  const counts = Array.from({ length: 48 }, (_, i) => {
    const z = (fromNs + i * widthNs - arm.baseNs) / arm.sdNs;
    return Math.round(4_000 * Math.exp(-0.5 * (z / 0.6) ** 2));
  });
  const inside = counts.reduce((sum, count) => sum + count, 0);
  const numbers = { n: 46_000, fromNs, widthNs, counts, below: 0, above: Math.max(0, 46_000 - inside) };
  return { ...name(arm), vantage: arm.vantage, ...numbers };
}

function vantage(arm: Arm): VantageInput {
  const near = (estimateNs: number) => ({ estimateNs, lowNs: estimateNs * 0.97, highNs: estimateNs * 1.03 });
  const inside = arm.baseNs * 0.3;
  return {
    ...name(arm),
    outsideVantage: arm.vantage,
    insideVantage: arm.design === 'sliced' ? 'kernel' : 'interposer',
    source: arm.design === 'sliced' ? 'histogram' : 'samples',
    forks: 4,
    outside: near(arm.baseNs),
    inside: near(inside),
    remains: near(arm.baseNs - inside),
  };
}

function lag(arm: Arm, random: () => number): LagInput {
  const count = 220;
  const bins = Array.from({ length: count }, (_, i) => {
    const fromIndex = Math.round((i * REQUESTS) / count);
    const toIndex = Math.round(((i + 1) * REQUESTS) / count);
    const warm = 1 + 2.6 * Math.exp(-fromIndex / 900);
    const at = (z: number) => (arm.baseNs + z * arm.sdNs) * warm;
    return {
      fromIndex,
      toIndex,
      minNs: at(-0.9 + random() * 0.2),
      p10Ns: at(-0.5 + random() * 0.05),
      p50Ns: at(random() * 0.07),
      p90Ns: at(0.95 + random() * 0.2),
      maxNs: at(4 + -Math.log(1 - random()) * 12),
    };
  });
  const blockStartIndexes = Array.from({ length: 40 }, (_, i) => WARMUP + (i * (REQUESTS - WARMUP)) / 40);
  return { ...name(arm), warmupEndIndex: WARMUP, blockStartIndexes, bins };
}

function blocks(arms: readonly Arm[], random: () => number): readonly BlockSeriesInput[] {
  const shared = Array.from({ length: 160 }, (_, i) => Math.sin(i / 17) * 0.05 + (random() - 0.5) * 0.05 - i * 0.0006);
  return arms.map((arm) => ({
    ...name(arm),
    points: shared.map((drift, i) => ({
      fork: Math.floor(i / 40),
      block: i % 40,
      timeNs: (i * 0.9 + Math.floor(i / 40) * 4) * 1e9,
      ...around(arm.baseNs + (drift + (random() - 0.5) * 0.03) * arm.sdNs, arm.sdNs * 0.02),
    })),
  }));
}

function around(medianNs: number, reachNs: number) {
  return { medianNs, interval: { lowNs: medianNs - reachNs, highNs: medianNs + reachNs } };
}

function name({ label, mechanism, aa, design }: Arm) {
  return { label, mechanism, aa, design };
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
