/** bpftrace's maps → what the hook found for each target process. */

import type { BpftraceMaps } from '../../collect/bpftrace.ts';
import type { AttachedFindings } from '../mechanism.ts';
import { tracesOf } from './matches.ts';
import { bucketRange, LAST_BUCKET } from './script.ts';

/** `lost` = reads counted but not in the histogram (a full map) and events bpftrace itself reports as lost, the latter under the first pid. */
export function findingsOf(
  output: BpftraceMaps,
  pids: readonly number[],
  trace: PrintedMatches | null = null,
): AttachedFindings[] {
  const of = (map: string, pid: number) => output.maps.get(map)?.get(String(pid)) ?? 0;
  const latency = latencyByPid(output);
  return pids.map((pid, i) => {
    const histogram = latency.get(pid) ?? { lowNs: [], highNs: [], counts: [] };
    const inHistogram = histogram.counts.reduce((sum, n) => sum + n, 0);
    const reads = of('n', pid);
    return {
      pid,
      counts: { reads, bytes: of('bytes', pid), hits: of('hits', pid) },
      latencies: { kind: 'histogram', ...histogram },
      traces: trace && tracesOf(trace.lines, { ...trace, pid, hits: of('hits', pid) }),
      lost: Math.max(0, reads - inHistogram) + (i === 0 ? output.lostEvents : 0),
      cut: of('cut', pid),
    };
  });
}

/** action trace: what the script printed, and what is needed to read it */
interface PrintedMatches {
  readonly lines: readonly string[];
  readonly keywords: readonly Uint8Array[];
  readonly windowBytes: number;
}

interface Columns {
  readonly lowNs: number[];
  readonly highNs: number[];
  readonly counts: number[];
}

function latencyByPid(output: BpftraceMaps): Map<number, Columns> {
  const entries = [...(output.maps.get('lat') ?? new Map<string, number>())]
    .map(([key, count]) => ({ key: key.split(',').map(Number), count }))
    .filter(
      ({ key }) =>
        key.length === 2 && key.every((part) => Number.isSafeInteger(part) && part >= 0) && key[1]! <= LAST_BUCKET,
    )
    .sort((a, b) => a.key[1]! - b.key[1]!);
  const byPid = new Map<number, Columns>();
  for (const { key, count } of entries) {
    const columns = byPid.get(key[0]!) ?? { lowNs: [], highNs: [], counts: [] };
    const range = bucketRange(key[1]!);
    columns.lowNs.push(range.lowNs);
    columns.highNs.push(range.highNs);
    columns.counts.push(count);
    byPid.set(key[0]!, columns);
  }
  return byPid;
}
