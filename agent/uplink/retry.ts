/** When a stream that broke is tried again, and when that is no use. */

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5000;
/** of the delay, either way: so that a thousand agents do not come back in one moment */
const JITTER = 0.2;
const ALREADY_EXISTS = 6;
const FINAL = new Set([3 /* INVALID_ARGUMENT */, 9 /* FAILED_PRECONDITION */, 16 /* UNAUTHENTICATED */]);

export class Retry {
  readonly #nameTakenMs: number;
  #delayMs = FIRST_RETRY_MS;
  #takenSinceMs: number | null = null;

  /** @param nameTakenMs how long to go on while the controller holds on to another of this name: it may be one that is gone without a word */
  constructor(nameTakenMs: number) {
    this.#nameTakenMs = nameTakenMs;
  }

  /** the controller has taken this agent in */
  welcomed(): void {
    this.#delayMs = FIRST_RETRY_MS;
    this.#takenSinceMs = null;
  }

  /** @param code gRPC status that the stream ended with */
  isFinal(code: number | undefined, nowMs: number): boolean {
    if (code !== ALREADY_EXISTS) return code !== undefined && FINAL.has(code);
    this.#takenSinceMs ??= nowMs;
    return nowMs - this.#takenSinceMs >= this.#nameTakenMs;
  }

  /** longer each time, until there is a welcome */
  nextDelayMs(): number {
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(LAST_RETRY_MS, delayMs * 2);
    return delayMs * (1 + JITTER * (2 * Math.random() - 1));
  }
}
