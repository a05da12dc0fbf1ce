/** Columns of a comparison's row about whole distributions, the nodes together, and where its interval comes from. */

import type { Comparison, Results, VarianceLevel } from '../analysis/results.ts';
import { pooledFor, varianceFor } from './places.ts';

type Columns = Readonly<Record<string, number | string | null>>;

export function distributionColumns(c: Comparison): Columns {
  const { kolmogorovSmirnov: ks, effectiveSamples: effective, hodgesLehmann: hl } = c;
  return {
    ks_d: ks?.d ?? null,
    ks_p: ks?.p ?? null,
    ks_log10_p: ks?.log10P ?? null,
    baseline_effective_n: effective?.baseline ?? null,
    treated_effective_n: effective?.treated ?? null,
    hodges_lehmann_ns: hl?.shiftNs ?? null,
    hodges_lehmann_low_ns: hl?.lowNs ?? null,
    hodges_lehmann_high_ns: hl?.highNs ?? null,
  };
}

/** Rows of none against none are neither pooled nor split: empty there. */
export function placeColumns(results: Results, c: Comparison): Columns {
  const row = pooledFor(results, c);
  const split = varianceFor(results, c);
  const share = (level: VarianceLevel['level']) =>
    split?.levels.find((one) => one.level === level)?.intervalShare ?? null;
  return {
    pooled_nodes: row?.nodes.length ?? null,
    pooled_shift_p50_ns: row?.pooled.estimateNs ?? null,
    pooled_shift_p50_low_ns: row?.pooled.lowNs ?? null,
    pooled_shift_p50_high_ns: row?.pooled.highNs ?? null,
    pooled_p_holm: row?.pooled.pHolm ?? null,
    pooled_q_p: row?.heterogeneity.qP ?? null,
    pooled_i_squared: row?.heterogeneity.iSquared ?? null,
    pooled_tau_ns: row?.heterogeneity.tauNs ?? null,
    interval_share_node: share('node'),
    interval_share_fork: share('fork'),
    interval_share_block: share('block'),
    interval_share_request: share('request'),
    add: split?.add ?? null,
  };
}
