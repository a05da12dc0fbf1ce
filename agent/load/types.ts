/** What one run of the load generator takes and gives: shared by the driver, the frame parser and the Node fallback. */

/** Payload kind: 0 has no keyword in it, 1 exactly one. */
export type PayloadKind = 0 | 1;

/** What is to become of requests with a keyword. `serve`: they are answered and timed like the others. `refuse`: a hook ends their
 * connection. `renew`: they are answered, then treated as if they had been refused: the other side of a comparison with `refuse`. */
export type Expectation = 'serve' | 'refuse' | 'renew';

/** How the end of a response is told. */
export const RESPONSE_RULES = ['http', 'resp', 'memcached', 'postgres'] as const;
export type ResponseRule = (typeof RESPONSE_RULES)[number];

/** What a protocol has around the payload of each request, and what a new connection begins with (answered by one response, not timed). */
export type RequestTemplate = {
  readonly opening: Uint8Array;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
};

/** A place to send requests to; `id` 0–63 is what the order of a run names. */
export type LoadTarget =
  | {
      readonly id: number;
      readonly ipv4: string;
      readonly port: number;
      readonly protocol: ResponseRule;
      /** that make one response; 1 unless told */
      readonly replies?: number;
      /** the payload is the request unless told */
      readonly template?: RequestTemplate;
      /** serve unless told */
      readonly expect?: Expectation;
    }
  | {
      readonly id: number;
      readonly ipv4: string;
      readonly port: number;
      readonly protocol: 'burst';
      /** Requests written back to back per unit of work, and latencies answered. */
      readonly requestsPerUnit: number;
    };

/** Up to 8,192 samples, in the order they were taken. All columns have the same length. */
export type SampleFrame = {
  readonly step: number;
  /** CLOCK_MONOTONIC ns of the first sample's start. */
  readonly t0Ns: bigint;
  /** Start of each sample − t0Ns, ns. */
  readonly dtNs: Uint32Array;
  /** ns; 2^32−1 means that much or more. */
  readonly latencyNs: Uint32Array;
  readonly target: Uint8Array;
  /** FLAG_HIT | FLAG_SETTLE */
  readonly flags: Uint8Array;
};

export const FLAG_HIT = 1;
export const FLAG_SETTLE = 2;
/** Bit 7 of an order byte: the unit sends the hit payload. */
export const ORDER_HIT = 0x80;
export const MAX_TARGETS = 64;
export const MAX_UNITS = 1_048_576;
/** Samples of one run, which are held in memory until it ends. */
export const MAX_SAMPLES = 16_777_216;
export const MAX_SAMPLES_PER_FRAME = 8192;
export const MAX_PAYLOAD_BYTES = 65_536;
export const MAX_REPLIES = 16;
/** of each part of a template */
export const MAX_AROUND_BYTES = 4096;
/** Bytes of one burst: what an instance queues in its socket before it reads. */
export const MAX_BURST_BYTES = 262_144;

/** What a target must have been sent and read in one run, settling included. */
export type TargetCounters = {
  readonly target: number;
  /** Connections opened in the run. */
  readonly reconnects: number;
  readonly requests: number;
  readonly bytesSent: number;
  readonly hitsSent: number;
  readonly bytesReceived: number;
  /** Units of work completed: for burst K requests, otherwise one. */
  readonly units: number;
  /** With a keyword, no answer. This and the next three count only where something else than `serve` is expected. */
  readonly refused: number;
  /** Without a keyword, answered. */
  readonly served: number;
  /** With a keyword, answered though it was to be refused. */
  readonly leaked: number;
  /** Without a keyword, no answer. */
  readonly denied: number;
};

export type RunResult = { readonly frames: SampleFrame[]; readonly counters: TargetCounters[] };

/** One stretch of work. */
export type LoadRun = {
  /** u32 that comes back in every frame of the run. */
  readonly step: number;
  /** One byte per unit of work, see `orderByte`. At most MAX_UNITS. */
  readonly order: Uint8Array;
  /** Units to each named target before the first counted one, flagged FLAG_SETTLE. */
  readonly settle: number;
  /** Whether every named target gets a fresh connection first. */
  readonly reconnect: boolean;
  /** Longest wait for a connect or for the answer to one unit, ms. */
  readonly timeoutMs: number;
  /** Ends the run early: it rejects with code `aborted` and what was measured. */
  readonly signal?: AbortSignal;
};

/** The order byte of one unit. @throws RangeError when the target is not 0–63 */
export function orderByte(target: number, kind: PayloadKind): number {
  if (!Number.isInteger(target) || target < 0 || target >= MAX_TARGETS) {
    throw new RangeError(`load target ${target} is not in 0–${MAX_TARGETS - 1}`);
  }
  return target | (kind === 1 ? ORDER_HIT : 0);
}
