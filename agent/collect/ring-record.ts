/** struct hb_record of hooks/abi/record.h. */

export const RECORD_BYTES = 32;
export const NO_KEYWORD = 0xffff;
export const RECORD_OFFSETS = {
  t: 0,
  latency: 8,
  pid: 12,
  tid: 16,
  fd: 20,
  bytes: 24,
  keyword: 28,
  flags: 30,
  abi: 31,
};
const FLAG_HIT = 1;

export interface RingRecord {
  /** CLOCK_MONOTONIC at hook entry */
  readonly atNs: bigint;
  /** entry to end of the hook's work, saturates at 2^32−1 */
  readonly latencyNs: number;
  readonly pid: number;
  readonly tid: number;
  readonly fd: number;
  readonly bytes: number;
  /** index of the first match, null for none */
  readonly keyword: number | null;
  readonly hit: boolean;
}

export function decodeRecord(buffer: Buffer, at: number): RingRecord {
  const keyword = buffer.readUInt16LE(at + RECORD_OFFSETS.keyword);
  return {
    atNs: buffer.readBigUInt64LE(at + RECORD_OFFSETS.t),
    latencyNs: buffer.readUInt32LE(at + RECORD_OFFSETS.latency),
    pid: buffer.readUInt32LE(at + RECORD_OFFSETS.pid),
    tid: buffer.readUInt32LE(at + RECORD_OFFSETS.tid),
    fd: buffer.readInt32LE(at + RECORD_OFFSETS.fd),
    bytes: buffer.readInt32LE(at + RECORD_OFFSETS.bytes),
    keyword: keyword === NO_KEYWORD ? null : keyword,
    hit: (buffer[at + RECORD_OFFSETS.flags]! & FLAG_HIT) !== 0,
  };
}

/** what a record must agree with to be one of this ring's reads */
export interface Bounds {
  readonly sinceNs: bigint;
  readonly nowNs: bigint;
  /** how many keywords are looked for */
  readonly keywords: number;
}

/** how far the hook's clock may be from ours */
const SLACK_NS = 1_000_000_000n;

/** Whoever can write the ring can write any time into it, and records far apart in time become messages of one sample each. */
export function isPossible({ atNs, latencyNs, keyword }: RingRecord, { sinceNs, nowNs, keywords }: Bounds): boolean {
  const isOfItsTime = atNs >= sinceNs - SLACK_NS && atNs + BigInt(latencyNs) <= nowNs + SLACK_NS;
  return isOfItsTime && (keyword === null || keyword < keywords);
}
