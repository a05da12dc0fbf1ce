/** Builds the parts of handwritten results from few numbers. */

import type { Comparison, Estimate, ParityRow, SampleStats } from '../../controller/analysis/results.ts';
import { type Case, PLACE } from './results-cases.ts';

export function comparison(c: Case): Comparison {
  const base = stats(c.baseNs, c.sdNs, 46_000);
  const treated = stats(
    c.baseNs + c.shiftNs,
    c.sdNs * (c.flags?.some((f) => f.code === 'unequal-variance') ? 1.3 : 1.04),
    46_000,
  );
  const t = (treated.meanNs - base.meanNs) / (c.sdNs * Math.sqrt(2 / 46_000));
  const log10P = -Math.max(0.02, (t * t) / 4.605);
  return {
    sut: c.sut,
    ...PLACE,
    vantage: c.sut === 'read-loop' ? 'caller' : 'client',
    design: c.design,
    baseline: 'none',
    treated: c.treated,
    n: 46_000,
    baselineN: 46_000,
    warmupDropped: 4_000,
    warmup: { method: 'fixed', perFork: [] },
    baselineStats: base,
    treatedStats: treated,
    studentT: { t, df: 91_998, p: 10 ** log10P, log10P, pooledSdNs: c.sdNs * 1.02 },
    welch: { t: t * 0.998, df: 91_240.7, p: 10 ** log10P, log10P },
    mannWhitney: {
      u: 1_058_000_000 * (1 + Math.sign(c.shiftNs) * 0.01),
      p: 10 ** (log10P * 0.9),
      log10P: log10P * 0.9,
    },
    cohensD: (treated.meanNs - base.meanNs) / c.sdNs,
    cliffsDelta: Math.tanh(c.shiftNs / c.sdNs),
    meanShiftNs: treated.meanNs - base.meanNs,
    medianShiftNs: c.shiftNs * 1.03,
    ...shifted(c.shiftNs, c.halfNs),
    minimumDetectableNs: c.halfNs * 1.43,
    requiredSamples:
      c.treated === 'none' ? null : Math.round(46_000 * Math.min(40, ((c.halfNs * 1.43) / c.shiftNs) ** 2)),
    verdict: c.verdict,
    sentence: c.sentence,
    flags: c.flags ?? [],
  };
}

export function shifted(ns: number, halfNs: number): Pick<Comparison, 'block' | 'shifts' | 'byPayload'> {
  const p50 = estimate(ns, halfNs);
  return {
    block: { ...p50, blocks: 160, forks: 4, pHolm: Math.min(1, p50.p * 6) },
    shifts: { p50, mean: estimate(ns * 1.09, halfNs * 1.35), p99: estimate(ns * 1.6, halfNs * 9) },
    byPayload: { hit: estimate(ns * 1.02, halfNs * 1.4), noHit: estimate(ns * 0.98, halfNs * 1.4) },
  };
}

function estimate(ns: number, halfNs: number): Estimate {
  const z = Math.abs(ns / halfNs) * 1.96;
  return {
    estimateNs: ns,
    lowNs: ns - halfNs,
    highNs: ns + halfNs,
    p: Math.exp(-0.717 * z - 0.416 * z * z),
    confidence: 0.95,
    units: 160,
    unit: 'block',
  };
}

export function stats(p50Ns: number, sdNs: number, n: number): SampleStats {
  const at = (z: number) => p50Ns + z * sdNs;
  return {
    n,
    meanNs: at(0.14),
    sdNs,
    minNs: at(-0.9),
    p25Ns: at(-0.31),
    p50Ns,
    p75Ns: at(0.42),
    p95Ns: at(1.4),
    p99Ns: at(3.1),
    p999Ns: at(9.7),
    maxNs: at(61),
    tukeyLowNs: at(-0.9),
    tukeyHighNs: at(1.51),
    tukeyOutliers: 1_604,
    lag1: 0.207,
  };
}

export function withoutShape({
  lag1: _lag1,
  tukeyLowNs: _low,
  tukeyHighNs: _high,
  tukeyOutliers: _count,
  ...rest
}: SampleStats) {
  return rest;
}

export function parityRow(c: Case, source: ParityRow['source']): ParityRow {
  const reads = 46_000;
  return {
    sut: c.sut,
    ...PLACE,
    mechanism: c.treated,
    source,
    expectedReads: reads,
    seenReads: reads,
    expectedBytes: reads * 87,
    seenBytes: reads * 87,
    expectedHits: reads / 2,
    seenHits: reads / 2,
    ratio: 1,
    ok: true,
  };
}
