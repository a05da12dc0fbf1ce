/** Where a session puts what it measured; the uplink stands behind it. */

import type { RecordBody } from '#proto';

export interface Sink {
  send(body: RecordBody): void;
  progress(doneSteps: number, text: string): void;
  /** samples dropped at the spool since the last call */
  takeDropped(): number;
}
