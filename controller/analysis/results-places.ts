/** The contract's parts that look across conditions, nodes and levels of variance. */

import type { Design, Vantage, Verdict } from './terms.ts';

/** Does what the hook costs depend on where it runs? One SUT, vantage and design; the conditions on one node, or the nodes in one condition. */
export interface InteractionTable {
  readonly sut: string;
  readonly vantage: Vantage;
  readonly design: Design;
  /** what is varied */
  readonly factor: 'condition' | 'node';
  /** what is held: the node, or the condition */
  readonly at: string;
  readonly levels: readonly string[];
  /** all mechanisms of every level at once; null where no mechanism was measured in two of them, or its units don't vary */
  readonly test: InteractionTest | null;
  readonly contrasts: readonly InteractionContrast[];
}

/** F of arm × level, the baseline being an arm; arms of a unit are repeated measures (Greenhouse–Geisser). */
export interface InteractionTest {
  readonly f: number;
  readonly df1: number;
  readonly df2: number;
  /** not corrected for other tables */
  readonly p: number;
  readonly epsilon: number;
  readonly mechanisms: readonly string[];
  readonly unit: 'fork' | 'block';
}

/** a mechanism's median shift at level `to` less that at level `from` */
export interface InteractionContrast {
  readonly treated: string;
  readonly from: string;
  readonly to: string;
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
  readonly df: number;
  readonly p: number;
  /** after Holm over the study's contrasts */
  readonly pHolm: number;
  readonly confidence: number;
  /** smallest true difference found with probability 0.8 at alpha 0.05 */
  readonly minimumDetectableNs: number;
  readonly verdict: 'larger' | 'smaller' | 'no-detectable-difference';
  readonly sentence: string;
}

/** One effect over all nodes that measured it: random effects (DerSimonian–Laird, Hartung–Knapp), and what a forest plot shows. */
export interface PooledRow {
  readonly sut: string;
  readonly condition: string;
  readonly vantage: Vantage;
  readonly design: Design;
  readonly treated: string;
  readonly nodes: readonly ForestRow[];
  /** nodes whose own row makes no claim */
  readonly leftOut: readonly { readonly node: string; readonly why: string }[];
  /** of the median shift; `units` are nodes */
  readonly pooled: {
    readonly estimateNs: number;
    readonly lowNs: number;
    readonly highNs: number;
    readonly confidence: number;
    readonly p: number;
    /** after Holm over the pooled rows */
    readonly pHolm: number;
    /** nodes − 1 */
    readonly df: number;
    readonly standardErrorNs: number;
    /** what the nodes' own errors and tau would give: larger where nodes agree better than chance allows */
    readonly ownErrorNs: number;
  };
  readonly heterogeneity: {
    readonly q: number;
    readonly qP: number;
    /** share of the variation that is between nodes */
    readonly iSquared: number;
    /** sd of the true shift from node to node */
    readonly tauNs: number;
  };
  /** where a further node's true shift is to be expected; null below 3 nodes */
  readonly prediction: { readonly lowNs: number; readonly highNs: number } | null;
  readonly sentence: string;
}

export interface ForestRow {
  readonly node: string;
  readonly estimateNs: number;
  readonly lowNs: number;
  readonly highNs: number;
  readonly standardErrorNs: number;
  /** share of the pooled estimate */
  readonly weight: number;
  readonly verdict: Verdict;
}

/** What a row's median shift varies by. One row per SUT, condition, vantage, design and mechanism, its nodes together. */
export interface VarianceRow {
  readonly sut: string;
  readonly condition: string;
  readonly vantage: Vantage;
  readonly design: Design;
  readonly treated: string;
  /** coarsest first; `node` only where there are several */
  readonly levels: readonly VarianceLevel[];
  /** what there should be more of to narrow the interval for the least */
  readonly add: 'nodes' | 'forks' | 'blocks' | 'requests';
  readonly sentence: string;
}

export interface VarianceLevel {
  readonly level: 'node' | 'fork' | 'block' | 'request';
  /** of one unit of this level; a request is one of each arm */
  readonly sdNs: number;
  readonly units: number;
  /** share of one request's variance */
  readonly share: number;
  /** share of the estimate's variance (its standard error squared): what the interval's width comes from */
  readonly intervalShare: number;
  /** `negative` was estimated below 0 and is set to 0, `one-group` has nothing to tell it by */
  readonly kind: 'estimated' | 'negative' | 'one-group';
}
