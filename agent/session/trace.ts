/** Action trace: the matches that are kept, a bounded number per second, mechanism and process; those above the bound are counted. */

import { bytesOf, NO_KEYWORD_INDEX, type Place, type RecordBody, type Traces } from '#proto';
import type { TraceLimit } from '../config.ts';
import type { HookRead } from '../mechanisms/mechanism.ts';

/** the controller refuses longer records */
const MAX_PER_RECORD = 8192;
const NS_PER_S = 1e9;

export class TraceLimiter {
  readonly #limit: TraceLimit;
  readonly #buckets = new Map<string, { tokens: number; lastNs: bigint }>();

  constructor(limit: TraceLimit) {
    this.#limit = limit;
  }

  /** @param reads any reads; the hits among them are matches @param dropped matches dropped before they came here
   * @returns records that hold every match: kept, or counted as dropped; none where there was no match */
  records(
    place: Place,
    mechanism: string,
    o: { process: string; reads: readonly HookRead[]; dropped: number },
  ): RecordBody[] {
    const matches = o.reads.filter((read) => read.hit);
    const kept = matches.filter((match) => this.#take(`${mechanism} ${o.process}`, match.atNs));
    const dropped = o.dropped + matches.length - kept.length;
    if (kept.length === 0 && dropped === 0) return [];
    const records: RecordBody[] = [];
    for (let from = 0; from === 0 || from < kept.length; from += MAX_PER_RECORD) {
      const traces = columns(kept.slice(from, from + MAX_PER_RECORD));
      records.push({
        body: 'traces',
        traces: { place, mechanism, ...traces, dropped: from === 0 ? dropped : 0 },
      });
    }
    return records;
  }

  /** A bucket of tokens, filled by the matches' own clock; time that runs backwards, which a hooked process can write, fills nothing. */
  #take(key: string, atNs: bigint): boolean {
    const { perSecond, burst } = this.#limit;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, lastNs: atNs };
    const passedNs = Number(atNs > bucket.lastNs ? atNs - bucket.lastNs : 0n);
    const tokens = Math.min(burst, bucket.tokens + (passedNs / NS_PER_S) * perSecond);
    const taken = tokens >= 1;
    const lastNs = atNs > bucket.lastNs ? atNs : bucket.lastNs;
    this.#buckets.set(key, { tokens: taken ? tokens - 1 : tokens, lastNs });
    return taken;
  }
}

function columns(matches: readonly HookRead[]): Pick<Traces, 'n' | 'atNs' | 'pid' | 'fd' | 'keyword'> {
  const u32 = (value: (match: HookRead) => number) => bytesOf(Uint32Array.from(matches, value));
  return {
    n: matches.length,
    atNs: bytesOf(BigUint64Array.from(matches, (match) => match.atNs)),
    pid: u32((match) => match.pid),
    fd: u32((match) => match.fd),
    keyword: u32((match) => match.keyword ?? NO_KEYWORD_INDEX),
  };
}
