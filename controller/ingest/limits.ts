/** What one agent, or all of them together, may ask of the controller. Whatever the other end does, memory and work stay within these. */

/** records, and bytes of them, that an agent may have under way without an ack */
export const CREDITS = 32;
export const CREDIT_BYTES = 4 * 1024 * 1024;

/** agents connected at once, and streams that have not said hello yet */
export const MOST_AGENTS = 2048;
export const MOST_WAITING = 1024;
export const HELLO_WITHIN_MS = 10_000;

/** runs of agents that are remembered after they have left, and for how long: an agent that comes back says itself what it knows to be durable */
export const MOST_RUNS = 4096;
export const REMEMBER_RUN_MS = 600_000;

/** an agent that has not read an answer for so long is hung up on */
export const READ_WITHIN_MS = 20_000;
/** answers that may be on their way to an agent that does not read */
export const MOST_UNREAD = 64;

/** per stream and second, with a burst of twice as many */
export const RECORDS_PER_S = 20_000;
export const PROGRESS_PER_S = 200;
/** per run of an agent and second, with a burst of twenty times as many: a link may be cut again and again */
export const HELLOS_PER_S = 5;

/** So many a second, more in a burst. Time is given, ms, so that it can be any clock that does not go back. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #left: number;
  #atMs: number;

  constructor(o: { perS: number; burst: number; nowMs: number }) {
    this.#perMs = o.perS / 1000;
    this.#burst = o.burst;
    this.#left = o.burst;
    this.#atMs = o.nowMs;
  }

  /** @returns false when it is one too many */
  take(nowMs: number): boolean {
    this.#left = Math.min(this.#burst, this.#left + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
