/** The agent's numbers for Prometheus, and why it may not be ready. */

import { HOPS, type Metric, RECORD_KINDS, type RecordBody, Tally } from '#proto';
import type { Sink } from '../session/sink.ts';

/** what the agent says of itself at any time; `AgentDaemon.status()` does */
export interface AgentStatus {
  /** the stream to the controller is up */
  readonly up: boolean;
  /** records that are not acknowledged as durable, and what they take */
  readonly spoolRecords: number;
  readonly spoolBytes: number;
  readonly spoolLimitBytes: number;
  /** records that the controller is done with: durable, but for the samples below */
  readonly durable: number;
  /** samples that the controller says it has not kept */
  readonly discardedSamples: number;
  /** an assignment is under way */
  readonly running: boolean;
  readonly draining: boolean;
}

const ENDS = ['complete', 'cancelled', 'failed'] as const;
/** past this share of the bound of the spool the agent should get no more work */
const SPOOL_NEARLY_FULL = 0.9;

/** Counts what assignments hand over, whatever becomes of it then. */
export class AgentTally {
  readonly records = new Tally(RECORD_KINDS);
  readonly lost = new Tally(HOPS);
  readonly ends = new Tally(ENDS);
  samples = 0;
  traces = 0;

  /** a sink that counts and passes on */
  readonly watch = (sink: Sink): Sink => ({
    ...sink,
    send: (body) => {
      this.#count(body);
      sink.send(body);
    },
  });

  #count(body: RecordBody): void {
    this.records.add(body.body);
    if (body.body === 'samples') this.samples += body.samples.n;
    else if (body.body === 'traces') this.traces += body.traces.n;
    else if (body.body === 'loss') this.lost.add(body.loss.hop, body.loss.lost);
    else if (body.body === 'end') this.ends.add(body.end.status);
  }
}

export function agentMetrics(tally: AgentTally, status: () => AgentStatus): Metric[] {
  const gauge = (name: string, help: string, read: () => number): Metric => ({ kind: 'gauge', name, help, read });
  const counter = (name: string, help: string, read: () => number): Metric => ({ kind: 'counter', name, help, read });
  const { records, lost, ends } = tally;
  return [
    counter(
      'hookbench_agent_samples_total',
      'Samples that assignments handed over, those lost at the spool included.',
      () => tally.samples,
    ),
    counter('hookbench_agent_matches_total', 'Matches of action trace handed over.', () => tally.traces),
    {
      ...{ kind: 'counter', name: 'hookbench_agent_records_total', label: 'kind', values: records.names },
      help: 'Records handed over, by kind.',
      read: (kind) => records.of(kind as 'samples'),
    },
    {
      ...{ kind: 'counter', name: 'hookbench_agent_lost_total', label: 'hop', values: lost.names },
      help: 'Samples or reads lost, by where; told at the end of each assignment.',
      read: (hop) => lost.of(hop as 'spool'),
    },
    {
      ...{ kind: 'counter', name: 'hookbench_agent_assignments_total', label: 'end', values: ends.names },
      help: 'Assignments that ended, by how.',
      read: (end) => ends.of(end as 'complete'),
    },
    counter(
      'hookbench_agent_durable_records_total',
      'Records that the controller is done with: durable, or counted as discarded.',
      () => status().durable,
    ),
    counter(
      'hookbench_agent_discarded_samples_total',
      'Samples that the controller says it has not kept: no study wanted them, or they could not be stored.',
      () => status().discardedSamples,
    ),
    gauge('hookbench_agent_spool_records', 'Records that are not acknowledged yet.', () => status().spoolRecords),
    gauge('hookbench_agent_spool_bytes', 'What the spool takes.', () => status().spoolBytes),
    gauge(
      'hookbench_agent_spool_limit_bytes',
      'The bound past which samples are dropped.',
      () => status().spoolLimitBytes,
    ),
    gauge('hookbench_agent_stream_up', '1 while the stream to the controller is up.', () => Number(status().up)),
    gauge('hookbench_agent_assignment_running', '1 while an assignment is under way.', () => Number(status().running)),
    gauge('hookbench_agent_draining', '1 once it was told to end.', () => Number(status().draining)),
  ];
}

/** @returns why no work should be sent here; empty when it may */
export function agentReasons({ up, spoolBytes, spoolLimitBytes, draining }: AgentStatus): string[] {
  return [
    ...(draining ? ['draining'] : []),
    ...(up ? [] : ['no stream to the controller']),
    ...(spoolBytes > SPOOL_NEARLY_FULL * spoolLimitBytes
      ? [`the spool holds ${spoolBytes} of ${spoolLimitBytes} bytes`]
      : []),
  ];
}
