/** One row per comparison, A/A rows included, for one's own analysis. Latencies in ns, unrounded; empty where there is no value. */

import type { Comparison, Estimate, Results, SampleStats } from '../analysis/results.ts';
import { partColumns } from './csv-parts.ts';
import { distributionColumns, placeColumns } from './csv-places.ts';
import { missingReason } from './words.ts';

type Value = string | number | null;

/** @returns CSV (RFC 4180: CRLF, quotes doubled) with a header row
 * Text that a spreadsheet would take for a formula gets a leading apostrophe. */
export function renderCsv(results: Results): string {
  const rows = [
    ...results.aa.comparisons.map((c) => row(results, c, true)),
    ...results.comparisons.map((c) => row(results, c, false)),
  ];
  const header = Object.keys(columns(results, EMPTY, false));
  return [header, ...rows].map(csvLine).join('');
}

/** one line of CSV, its CRLF included */
export function csvLine(cells: readonly Value[]): string {
  return `${cells.map(field).join(',')}\r\n`;
}

function row(results: Results, c: Comparison, aa: boolean): readonly Value[] {
  return Object.values(columns(results, c, aa));
}

function columns(results: Results, c: Comparison, aa: boolean): Readonly<Record<string, Value>> {
  return {
    study: results.study.id,
    aa: aa ? 'true' : 'false',
    sut: c.sut,
    condition: c.condition,
    node: c.node,
    vantage: c.vantage,
    design: c.design,
    baseline: c.baseline,
    treated: c.treated,
    verdict: c.verdict,
    no_estimate_because: c.shifts.p50 === null ? missingReason(c) : null,
    ...interval('shift_p50', c.shifts.p50),
    ...interval('shift_mean', c.shifts.mean),
    ...interval('shift_p99', c.shifts.p99),
    confidence: c.block?.confidence ?? null,
    blocks: c.block?.blocks ?? null,
    forks: c.block?.forks ?? null,
    p: c.block?.p ?? null,
    p_holm: c.block?.pHolm ?? null,
    ...interval('shift_p50_hit', c.byPayload.hit),
    ...interval('shift_p50_no_hit', c.byPayload.noHit),
    minimum_detectable_ns: c.minimumDetectableNs,
    required_samples: c.requiredSamples,
    baseline_n: c.baselineN,
    treated_n: c.n,
    warmup_dropped: c.warmupDropped,
    ...statistics('baseline', c.baselineStats),
    ...statistics('treated', c.treatedStats),
    pooled_mean_shift_ns: c.meanShiftNs,
    pooled_median_shift_ns: c.medianShiftNs,
    student_t: c.studentT.t,
    student_df: c.studentT.df,
    student_p: c.studentT.p,
    student_log10_p: c.studentT.log10P,
    student_pooled_sd_ns: c.studentT.pooledSdNs,
    welch_t: c.welch.t,
    welch_df: c.welch.df,
    welch_p: c.welch.p,
    welch_log10_p: c.welch.log10P,
    mann_whitney_u: c.mannWhitney.u,
    mann_whitney_p: c.mannWhitney.p,
    mann_whitney_log10_p: c.mannWhitney.log10P,
    cohens_d: c.cohensD,
    cliffs_delta: c.cliffsDelta,
    flags: c.flags.map((flag) => flag.code).join(' '),
    sentence: c.sentence,
    timed: results.study.timed,
    ...distributionColumns(c),
    ...placeColumns(results, c),
    ...partColumns(results, c),
  };
}

function interval(name: string, e: Estimate | null): Readonly<Record<string, number | null>> {
  return {
    [`${name}_ns`]: e?.estimateNs ?? null,
    [`${name}_low_ns`]: e?.lowNs ?? null,
    [`${name}_high_ns`]: e?.highNs ?? null,
  };
}

function statistics(arm: string, s: SampleStats): Readonly<Record<string, number>> {
  return {
    [`${arm}_mean_ns`]: s.meanNs,
    [`${arm}_sd_ns`]: s.sdNs,
    [`${arm}_min_ns`]: s.minNs,
    [`${arm}_p25_ns`]: s.p25Ns,
    [`${arm}_p50_ns`]: s.p50Ns,
    [`${arm}_p75_ns`]: s.p75Ns,
    [`${arm}_p95_ns`]: s.p95Ns,
    [`${arm}_p99_ns`]: s.p99Ns,
    [`${arm}_p999_ns`]: s.p999Ns,
    [`${arm}_max_ns`]: s.maxNs,
    [`${arm}_tukey_low_ns`]: s.tukeyLowNs,
    [`${arm}_tukey_high_ns`]: s.tukeyHighNs,
    [`${arm}_tukey_outliers`]: s.tukeyOutliers,
    [`${arm}_lag1`]: s.lag1,
  };
}

function field(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const NO_STATS: SampleStats = {
  n: 0,
  meanNs: 0,
  sdNs: 0,
  minNs: 0,
  p25Ns: 0,
  p50Ns: 0,
  p75Ns: 0,
  p95Ns: 0,
  p99Ns: 0,
  p999Ns: 0,
  maxNs: 0,
  tukeyLowNs: 0,
  tukeyHighNs: 0,
  tukeyOutliers: 0,
  lag1: 0,
};

/** gives the header its names, also where there is no row */
const EMPTY: Comparison = {
  sut: '',
  condition: '',
  node: '',
  vantage: 'client',
  design: 'alternated',
  baseline: '',
  treated: '',
  n: 0,
  baselineN: 0,
  warmupDropped: 0,
  warmup: { method: 'fixed', perFork: [] },
  baselineStats: NO_STATS,
  treatedStats: NO_STATS,
  studentT: { t: 0, df: 0, p: 1, log10P: 0, pooledSdNs: 0 },
  welch: { t: 0, df: 0, p: 1, log10P: 0 },
  mannWhitney: { u: 0, p: 1, log10P: 0 },
  cohensD: 0,
  cliffsDelta: 0,
  meanShiftNs: 0,
  medianShiftNs: 0,
  block: null,
  shifts: { p50: null, mean: null, p99: null },
  byPayload: { hit: null, noHit: null },
  minimumDetectableNs: null,
  requiredSamples: null,
  verdict: 'invalid',
  sentence: '',
  flags: [],
};
