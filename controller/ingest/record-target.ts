/** Who gets what the agents send: a study while it runs. */

import type { Hello, MeasurementRecord, Progress } from '#proto';

export interface RecordTarget {
  /** Takes one record, in order and without gaps but for records that were not kept.
   * @param encoded the bytes of the Record as they came over the wire; they are stored as they are. A view: its memory is not written again
   * @returns not-kept when no study wants it, or it can't be stored: then it is lost, and the agent is told so
   * @throws BenchError when the stream must end here; the record counts as not sent */
  append(agent: Hello, record: MeasurementRecord, encoded: Buffer): 'kept' | 'not-kept';
  /** Everything kept before the call is durable when it resolves. After a rejection what `durable` does not cover is given up: it is acknowledged
   * as discarded, never as durable, and a later call that resolves changes nothing for it. */
  sync(): Promise<void>;
  /** Last sequence of that run which is durable; 0 for none. Also after a restart of the controller, and after the target was closed. */
  durable(agentId: string, runId: string): number;
  progress(agent: Hello, progress: Progress): void;
  /** the stream to an agent broke */
  gone(agent: Hello, reason: string): void;
  back(agent: Hello): void;
}
