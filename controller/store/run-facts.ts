/** What a segment holds, read from its frames' heads: a checksum of every byte, but no columns decoded. */

import { statSync } from 'node:fs';
import { recordHead } from './record-head.ts';
import { type SegmentEnd, scanSegment } from './segment-read.ts';

export interface RunFacts {
  /** name of the segment */
  readonly file: string;
  /** of the file when it was looked at: where it has changed since, this no longer holds */
  readonly bytes: number;
  /** highest sequence before the first damage; 0 when there is none */
  readonly lastSequence: number;
  readonly records: number;
  readonly samples: number;
}

/** @throws BenchError usage when it is no segment, bad-message when a whole frame is no record; ErrnoException */
export function runFacts(path: string, file: string): RunFacts & { readonly end: SegmentEnd } {
  let lastSequence = 0;
  let records = 0;
  let samples = 0;
  const end = scanSegment(path, ({ payload }) => {
    const head = recordHead(payload);
    lastSequence = Math.max(lastSequence, head.sequence);
    records += 1;
    samples += head.samples;
  });
  return { file, bytes: statSync(path).size, lastSequence, records, samples, end };
}
