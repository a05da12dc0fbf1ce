/** Records of the study under way → charts, block medians, losses and warnings. Runs where records arrive, so it only sorts them into place. */

import { isAcrossNodes, type MeasurementRecord, type Place, u32Column } from '#proto';
import { SAMPLE_SETTLE } from '../analysis/record.ts';
import { type ArmName, Intervals } from './intervals.ts';
import { SecondCharts } from './second-charts.ts';
import { Troubles } from './troubles.ts';
import type { NowView } from './view.ts';

const COMPARED = ['client', 'caller'];
const SHOWN_PHASES = ['warmup', 'measure'];

const LEFT_OUT =
  'some samples came too late or are of too many cells for the charts; they are stored and analysed like the others';

export class StudySamples {
  readonly charts = new SecondCharts();
  readonly intervals: Intervals;
  readonly troubles = new Troubles();
  readonly #arms: readonly ArmName[];
  readonly #startedMs: number;
  #leftOutTold = 0;
  /** node → ms to add to its monotonic clock to get ours */
  readonly #clockMs = new Map<string, number>();

  constructor(arms: readonly ArmName[], startedMs: number) {
    this.#arms = arms;
    this.#startedMs = startedMs;
    this.intervals = new Intervals(arms);
  }

  /** @returns what was being measured, where the record tells it */
  take(node: string, record: MeasurementRecord, nowMs: number): NowView | null {
    if (record.body === 'samples') return this.#samples(node, record.samples, nowMs);
    if (record.body === 'histogram') this.#histogram(node, record.histogram, nowMs);
    else this.troubles.record(node, record, nowMs);
    if (record.body === 'end') this.intervals.endFork(node);
    return null;
  }

  look(nowMs: number): void {
    this.intervals.look((nowMs - this.#startedMs) / 1000);
    const { leftOut } = this.charts;
    if (leftOut === this.#leftOutTold) return;
    this.#leftOutTold = leftOut;
    this.troubles.tell('chart-incomplete', LEFT_OUT, nowMs);
  }

  #samples(node: string, samples: Samples, nowMs: number): NowView | null {
    const { place, n, arm, flags } = samples;
    if (n === 0 || !SHOWN_PHASES.includes(place.phase)) return null;
    const latencyNs = u32Column(samples.latencyNs);
    const dtNs = u32Column(samples.dtNs);
    const t0Ms = this.#ours(
      clockOf(node, place),
      Number(samples.t0Ns / 1000n) / 1000,
      (dtNs[n - 1] as number) / 1e6,
      nowMs,
    );
    const isBlock = place.phase === 'measure' && COMPARED.includes(place.vantage);
    const toBlock = isBlock ? this.intervals.block({ node, ...place }) : null;
    const toChart = this.#armCharts(node, place);
    const seen = new Set<number>();
    for (let i = 0; i < n; i++) {
      if ((flags[i] as number) & SAMPLE_SETTLE) continue;
      const index = arm[i] as number;
      const latency = latencyNs[i] as number;
      seen.add(index);
      toBlock?.(index, latency);
      toChart(index)?.(Math.max(0, Math.floor((t0Ms + (dtNs[i] as number) / 1e6) / 1000)), latency);
    }
    if (!COMPARED.includes(place.vantage)) return null;
    const arms = [...seen].sort((a, b) => a - b).map((index) => this.#label(index));
    return { node, sut: place.sut, design: place.design, phase: place.phase, arms };
  }

  /** counted in the kernel: its time is that of its arrival */
  #histogram(node: string, { place, mechanism, lowNs, highNs, counts }: Histogram, nowMs: number): void {
    if (!SHOWN_PHASES.includes(place.phase)) return;
    const chart = this.charts.series({ node, ...shownPlace(place), mechanism, aa: false });
    const second = Math.max(0, Math.floor((nowMs - this.#startedMs) / 1000));
    counts.forEach((count, i) => {
      const middleNs = Math.round(((lowNs[i] as number) + (highNs[i] as number)) / 2);
      if (count > 0) chart?.(second, Math.min(middleNs, 0xffff_ffff), count);
    });
  }

  #armCharts(node: string, place: Place) {
    const charts = new Map<number, ReturnType<SecondCharts['series']>>();
    return (index: number) => {
      let chart = charts.get(index);
      if (chart === undefined) {
        const { mechanism, aa } = this.#arms.find((one) => one.index === index) ?? {
          mechanism: `arm ${index}`,
          aa: false,
        };
        chart = this.charts.series({ node, ...shownPlace(place), mechanism, aa });
        charts.set(index, chart);
      }
      return chart;
    };
  }

  #label(index: number): string {
    const arm = this.#arms.find((one) => one.index === index);
    if (arm === undefined) return `arm ${index}`;
    return arm.aa ? 'none again (A/A)' : arm.mechanism;
  }

  /** Ms since the study began of a moment of a clock of a node. What arrives can't be from later than now: the smallest difference seen is
   * the way of the fastest record. */
  #ours(clock: string, t0Ms: number, lastMs: number, nowMs: number): number {
    const seenMs = nowMs - t0Ms - lastMs;
    const clockMs = Math.min(this.#clockMs.get(clock) ?? seenMs, seenMs);
    this.#clockMs.set(clock, clockMs);
    return t0Ms + clockMs - this.#startedMs;
  }
}

type Samples = (MeasurementRecord & { body: 'samples' })['samples'];
type Histogram = (MeasurementRecord & { body: 'histogram' })['histogram'];

/** Whose clock: the node's own, or, across nodes, that of the node which lent the load generator to this fork. */
function clockOf(node: string, { condition, vantage, fork }: Place): string {
  const isFar = isAcrossNodes(condition) && COMPARED.includes(vantage);
  return isFar ? `${node} ${condition} ${fork}` : node;
}

function shownPlace({ condition, sut, design, vantage }: Place) {
  return { condition, sut, design, vantage };
}
