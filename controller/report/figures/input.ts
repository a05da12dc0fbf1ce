/** What the figures draw: series already reduced by the analysis. Latencies in ns. */

import type { Design, Vantage } from '../../analysis/results.ts';

/** one SUT's figures */
export interface FigureSet {
  readonly sut: string;
  readonly boxes: readonly BoxInput[];
  readonly lags: readonly LagInput[];
  readonly blocks: readonly BlockSeriesInput[];
}

export interface ArmName {
  /** as shown: `none`, `none (A/A)`, `ld-preload` */
  readonly label: string;
  readonly mechanism: string;
  /** the second `none` */
  readonly aa: boolean;
  readonly design: Design;
  /** where there are several; shown in the panel's heading */
  readonly place?: string;
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
}
