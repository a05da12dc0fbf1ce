/** Measured values → sample records. A record's dt is 32 bits wide, so one record never spans more than 2^32−1 ns. */

import { bytesOf, type Place, type Samples } from '#proto';
import type { SampleFrame } from '../load/types.ts';
import type { HookRead } from '../mechanisms/mechanism.ts';

const MAX_PER_RECORD = 8192;
const MAX_SPAN_NS = 0xffff_ffffn;
const FLAG_HIT = 1;
const FLAG_SETTLE = 2;

/** @param armOf arm of each load target, indexed by target id */
export function frameSamples(frame: SampleFrame, place: Place, armOf: Uint8Array): Samples {
  return {
    place,
    t0Ns: frame.t0Ns,
    n: frame.latencyNs.length,
    dtNs: bytesOf(frame.dtNs),
    latencyNs: bytesOf(frame.latencyNs),
    arm: frame.target.map((target) => armOf[target] ?? 0),
    flags: frame.flags,
  };
}

/** @param settle how many of the first reads belong to requests sent to settle a new connection */
export function hookSamples(reads: readonly HookRead[], place: Place, arm: number, settle: number): Samples[] {
  const records: Samples[] = [];
  for (let from = 0; from < reads.length; ) {
    const t0Ns = reads[from]!.atNs;
    let to = from;
    while (to < reads.length && to - from < MAX_PER_RECORD && inSpan(reads[to]!.atNs - t0Ns)) to++;
    const part = reads.slice(from, to);
    records.push({
      place,
      t0Ns,
      n: part.length,
      dtNs: bytesOf(Uint32Array.from(part, (read) => Number(read.atNs - t0Ns))),
      latencyNs: bytesOf(Uint32Array.from(part, (read) => read.latencyNs)),
      arm: new Uint8Array(part.length).fill(arm),
      flags: Uint8Array.from(part, (read, i) => (read.hit ? FLAG_HIT : 0) | (from + i < settle ? FLAG_SETTLE : 0)),
    });
    from = to;
  }
  return records;
}

/** a read from before the record's first one starts a record of its own */
function inSpan(dtNs: bigint): boolean {
  return dtNs >= 0n && dtNs <= MAX_SPAN_NS;
}
