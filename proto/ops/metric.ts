/** A number of a daemon, as it is described to Prometheus and read at each scrape. */

interface Described {
  readonly name: string;
  readonly help: string;
}

/** one number, asked for at each scrape */
export interface PlainMetric extends Described {
  readonly kind: 'counter' | 'gauge';
  readonly read: () => number;
}

/** one number for each value of a label */
export interface LabelledMetric<V extends string = string> extends Described {
  readonly kind: 'counter' | 'gauge';
  readonly label: string;
  readonly values: readonly V[];
  readonly read: (value: V) => number;
}

/** how values spread: `take` hands over those since the last scrape */
export interface SpreadMetric extends Described {
  readonly kind: 'histogram';
  /** upper ends, ascending */
  readonly buckets: readonly number[];
  readonly take: () => readonly number[];
}

export type Metric = PlainMetric | LabelledMetric | SpreadMetric;
