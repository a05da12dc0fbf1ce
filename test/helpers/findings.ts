import * as assert from 'uvu/assert';
import type { AttachedFindings } from '../../agent/mechanisms/mechanism.ts';

/** The histogram of a mechanism that hands over one. */
export function histogramOf(found: AttachedFindings | undefined): {
  readonly lowNs: number[];
  readonly highNs: number[];
  readonly counts: number[];
} {
  assert.ok(found?.latencies.kind === 'histogram', 'a histogram');
  const { lowNs, highNs, counts } = found.latencies;
  return { lowNs, highNs, counts };
}
