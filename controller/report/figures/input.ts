/** What the figures draw: series already reduced by the analysis. Latencies in ns. */

import type { Design, Vantage } from '../../analysis/results.ts';

/** one SUT's figures */
export interface FigureSet {
  readonly sut: string;
  readonly boxes: readonly BoxInput[];
  readonly lags: readonly LagInput[];
  readonly blocks: readonly BlockSeriesInput[];
  readonly ecdfs: readonly EcdfInput[];
  readonly histograms: readonly HistogramInput[];
  readonly vantages: readonly VantageInput[];
}

export interface ArmName {
  /** as shown: `none`, `none (A/A)`, `ld-preload` */
  readonly label: string;
  readonly mechanism: string;
  /** the second `none` */
  readonly aa: boolean;
  readonly design: Design;
  readonly condition?: string;
  readonly node?: string;
  /** where there are several */
  readonly place?: string;
  /** of the panel that the arm is drawn in, if not its design and place */
  readonly heading?: string;
}

export interface BoxInput extends ArmName {
  readonly vantage: Vantage;
  readonly n: number;
  readonly q1Ns: number;
  readonly medianNs: number;
  readonly q3Ns: number;
  readonly whiskerLowNs: number;
  readonly whiskerHighNs: number;
  /** samples beyond the whiskers */
  readonly outlierCount: number;
  /** at most 200 of them */
  readonly outliersNs: readonly number[];
  readonly maxNs: number;
}

export interface LagInput extends ArmName {
  /** first request index that counts; null where no warm-up was dropped */
  readonly warmupEndIndex: number | null;
  /** where each process start's own warm-up ends */
  readonly forkEndIndexes?: readonly number[];
  /** where blocks begin, of the longest process */
  readonly blockStartIndexes?: readonly number[];
  readonly bins: readonly LagBin[];
}

export interface LagBin {
  readonly fromIndex: number;
  /** exclusive */
  readonly toIndex: number;
  readonly minNs: number;
  readonly p10Ns: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly maxNs: number;
}

export interface BlockSeriesInput extends ArmName {
  readonly points: readonly BlockPoint[];
}

export interface BlockPoint {
  readonly fork: number;
  readonly block: number;
  /** since the start of the study */
  readonly timeNs: number;
  readonly medianNs: number;
  readonly interval?: { readonly lowNs: number; readonly highNs: number } | null;
}

/** Distribution function of one arm; shares in [0, 1]. */
export interface EcdfInput extends ArmName {
  readonly vantage: Vantage;
  readonly n: number;
  readonly body: readonly { readonly share: number; readonly ns: number }[];
  /** half-width of the body's 95 % band; null where it can't be told */
  readonly bandShare: number | null;
  readonly tail: readonly TailPoint[];
}

export interface TailPoint {
  /** of requests slower than ns */
  readonly share: number;
  readonly ns: number;
  readonly lowShare: number | null;
  readonly highShare: number | null;
}

/** All arms of a panel have the same bins. */
export interface HistogramInput extends ArmName {
  readonly vantage: Vantage;
  readonly n: number;
  readonly fromNs: number;
  readonly widthNs: number;
  readonly counts: readonly number[];
  readonly below: number;
  readonly above: number;
}

/** One mechanism's clock inside and the clock outside: medians of each fork, averaged, with t-intervals over forks. */
export interface VantageInput extends ArmName {
  readonly outsideVantage: Vantage;
  readonly insideVantage: Vantage;
  readonly source: 'samples' | 'histogram';
  readonly forks: number;
  readonly outside: IntervalNs;
  readonly inside: IntervalNs;
  readonly remains: IntervalNs;
}

export interface IntervalNs {
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
}
