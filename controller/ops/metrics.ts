/** The controller's numbers for Prometheus. Everything is counted where records pass on their way to the store, so that the numbers are those of what
 * is stored. */

import { HOPS, type MeasurementRecord, type Metric, RECORD_KINDS, type StudyEvent, Tally } from '#proto';
import type { RecordTarget } from '../ingest/record-target.ts';

const STUDY_ENDS = ['complete', 'interrupted', 'failed'] as const;
const SYNC_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** times of syncs kept between two scrapes */
const MOST_KEPT = 10_000;

/** Counts what agents send and what becomes durable. */
export class IngestTally {
  readonly records = new Tally(RECORD_KINDS);
  readonly lost = new Tally(HOPS);
  readonly studies = new Tally(STUDY_ENDS);
  samples = 0;
  columnBytes = 0;
  notKept = 0;
  failures = 0;
  syncs = 0;
  failedSyncs = 0;
  #syncSeconds: number[] = [];
  #durable = 0;
  /** when the oldest record that is not durable came; null when all are */
  #waitingSinceMs: number | null = null;

  /** a target that counts and passes on */
  readonly watch = (target: RecordTarget): RecordTarget => ({
    append: (...args) => {
      const kept: unknown = this.#append(() => target.append(...args));
      this.#count(args[1], kept !== 'not-kept');
      return kept as ReturnType<RecordTarget['append']>;
    },
    sync: () => this.#sync(() => target.sync()),
    durable: (...args) => target.durable(...args),
    progress: (...args) => target.progress(...args),
    gone: (...args) => target.gone(...args),
    back: (...args) => target.back(...args),
  });

  /** @param emit told what a study tells whoever asked for it */
  hearing(emit: (event: StudyEvent) => void): (event: StudyEvent) => void {
    return (event) => {
      if (event.body === 'ended') this.studies.add(event.ended.status);
      emit(event);
    };
  }

  get notDurable(): number {
    return this.records.total - this.#durable;
  }

  get lagSeconds(): number {
    return this.#waitingSinceMs === null ? 0 : (performance.now() - this.#waitingSinceMs) / 1000;
  }

  takeSyncSeconds(): readonly number[] {
    const taken = this.#syncSeconds;
    this.#syncSeconds = [];
    return taken;
  }

  #append<T>(append: () => T): T {
    try {
      return append();
    } catch (error) {
      this.failures += 1;
      throw error;
    }
  }

  #count(record: MeasurementRecord, kept: boolean): void {
    if (!kept) {
      this.notKept += 1;
      return;
    }
    this.records.add(record.body);
    this.#waitingSinceMs ??= performance.now();
    if (record.body === 'samples') {
      const { n, dtNs, latencyNs, arm, flags } = record.samples;
      this.samples += n;
      this.columnBytes += dtNs.length + latencyNs.length + arm.length + flags.length;
    } else if (record.body === 'loss') this.lost.add(record.loss.hop, record.loss.lost);
  }

  async #sync(sync: () => Promise<void>): Promise<void> {
    const beganMs = performance.now();
    const upTo = this.records.total;
    this.syncs += 1;
    try {
      await sync();
    } catch (error) {
      this.failedSyncs += 1;
      throw error;
    }
    this.#durable = upTo;
    // what came meanwhile came after the sync began
    this.#waitingSinceMs = this.notDurable === 0 ? null : beganMs;
    if (this.#syncSeconds.length < MOST_KEPT) this.#syncSeconds.push((performance.now() - beganMs) / 1000);
  }
}

export function controllerMetrics(
  tally: IngestTally,
  o: { agents: () => number; lenders: () => number; running: () => boolean; draining: () => boolean },
): Metric[] {
  const gauge = (name: string, help: string, read: () => number): Metric => ({ kind: 'gauge', name, help, read });
  const counter = (name: string, help: string, read: () => number): Metric => ({ kind: 'counter', name, help, read });
  const { records, lost, studies } = tally;
  return [
    gauge('hookbench_controller_agents', 'Agents connected now.', o.agents),
    gauge('hookbench_controller_load_agents', 'Agents connected now that lend a load generator.', o.lenders),
    counter('hookbench_controller_samples_total', 'Samples given to the store.', () => tally.samples),
    counter('hookbench_controller_sample_bytes_total', 'Bytes of their columns.', () => tally.columnBytes),
    {
      ...{ kind: 'counter', name: 'hookbench_controller_records_total', label: 'kind', values: records.names },
      help: 'Records given to the store, by kind.',
      read: (kind) => records.of(kind as 'samples'),
    },
    {
      ...{ kind: 'counter', name: 'hookbench_controller_lost_total', label: 'hop', values: lost.names },
      help: 'Samples or reads that were lost, by where, as stored with the studies.',
      read: (hop) => lost.of(hop as 'spool'),
    },
    counter('hookbench_controller_discarded_records_total', 'Records that no study wanted.', () => tally.notKept),
    counter(
      'hookbench_controller_refused_records_total',
      'Records that could not be given to the store.',
      () => tally.failures,
    ),
    gauge('hookbench_controller_not_durable_records', 'Records that are not durable yet.', () => tally.notDurable),
    gauge(
      'hookbench_controller_durable_lag_seconds',
      'Age of the oldest record that is not durable yet.',
      () => tally.lagSeconds,
    ),
    counter(
      'hookbench_controller_syncs_total',
      'Times the store was asked to make records durable.',
      () => tally.syncs,
    ),
    counter('hookbench_controller_failed_syncs_total', 'Times it could not.', () => tally.failedSyncs),
    {
      ...{ kind: 'histogram', name: 'hookbench_controller_sync_seconds', buckets: SYNC_BUCKETS_S },
      help: 'How long that took.',
      take: () => tally.takeSyncSeconds(),
    },
    gauge('hookbench_controller_study_running', '1 while a study is under way.', () => Number(o.running())),
    {
      ...{ kind: 'counter', name: 'hookbench_controller_studies_total', label: 'end', values: studies.names },
      help: 'Studies that ended, by how.',
      read: (end) => studies.of(end as 'complete'),
    },
    gauge('hookbench_controller_draining', '1 once it was told to end.', () => Number(o.draining())),
  ];
}
