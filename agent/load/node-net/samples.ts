import { FRAME_KIND, SAMPLE_BYTES } from '../frame-payload.ts';
import { MAX_SAMPLES_PER_FRAME } from '../types.ts';
import { writeFrame } from './write.ts';

const MAX_U32 = 0xffff_ffff;
const MAX_FRAME_SPAN_NS = 4_000_000_000n;

/** The samples of one run, in memory from before its first unit until after its last. */
export class Samples {
  readonly #startNs: BigUint64Array;
  readonly #latencyNs: Uint32Array;
  readonly #target: Uint8Array;
  readonly #flags: Uint8Array;
  #length = 0;

  constructor(capacity: number) {
    this.#startNs = new BigUint64Array(capacity);
    this.#latencyNs = new Uint32Array(capacity);
    this.#target = new Uint8Array(capacity);
    this.#flags = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Forgets what came after the first `length`. */
  cut(length: number): void {
    this.#length = length;
  }

  add(startNs: bigint, latencyNs: number, target: number, flags: number): void {
    const i = this.#length++;
    this.#startNs[i] = startNs;
    this.#latencyNs[i] = Math.min(latencyNs, MAX_U32);
    this.#target[i] = target;
    this.#flags[i] = flags;
  }

  /** Writes them as frames. */
  async write(step: number): Promise<void> {
    for (let first = 0; first < this.#length; ) {
      const end = this.#frameEnd(first);
      await writeFrame({
        kind: FRAME_KIND.samples,
        step,
        t0Ns: this.#startNs[first]!,
        samples: end - first,
        payload: this.#columns(first, end),
      });
      first = end;
    }
  }

  #frameEnd(first: number): number {
    const limit = Math.min(this.#length, first + MAX_SAMPLES_PER_FRAME);
    let end = first + 1;
    while (end < limit && this.#startNs[end]! - this.#startNs[first]! <= MAX_FRAME_SPAN_NS) end++;
    return end;
  }

  #columns(first: number, end: number): Buffer {
    const n = end - first;
    const payload = Buffer.alloc(n * SAMPLE_BYTES);
    for (let i = 0; i < n; i++) {
      payload.writeUInt32LE(Number(this.#startNs[first + i]! - this.#startNs[first]!), 4 * i);
      payload.writeUInt32LE(this.#latencyNs[first + i]!, 4 * (n + i));
    }
    payload.set(this.#target.subarray(first, end), 8 * n);
    payload.set(this.#flags.subarray(first, end), 9 * n);
    return payload;
  }
}
