/** Time for one part: it repeats its work while there is room for once more, and cuts short what runs over. */

import { BenchError } from '#proto';

export interface BudgetOptions {
  readonly ms: number;
  /** ends everything, e.g. at Ctrl-C */
  readonly signal: AbortSignal;
  /** no more than so many times, however much time is left */
  readonly most?: number;
  /** told after each time how many there were, and the share of the time used */
  readonly onProgress?: (done: number, share: number) => void;
}

export class Budget {
  readonly signal: AbortSignal;
  readonly #o: BudgetOptions;

  constructor(o: BudgetOptions) {
    this.#o = o;
    this.signal = AbortSignal.any([o.signal, AbortSignal.timeout(Math.ceil(o.ms))]);
  }

  /** what went wrong in the times that were left out */
  readonly failures: string[] = [];

  /** @param work gets 0, 1, 2, …; one that fails is left out and told of. @returns how many came to their end
   * @throws BenchError of the third failure in a row, and any other error */
  async repeat(work: (i: number) => Promise<void> | void): Promise<number> {
    const startMs = performance.now();
    const most = this.#o.most ?? Number.POSITIVE_INFINITY;
    let longestMs = 0;
    let done = 0;
    let inARow = 0;
    for (let i = 0; ; i++) {
      const beganMs = performance.now();
      const usedMs = beganMs - startMs;
      if (done >= most || usedMs + longestMs > this.#o.ms || this.signal.aborted) return done;
      try {
        await work(i);
        done += 1;
        inARow = 0;
      } catch (error) {
        if (!(error instanceof BenchError)) throw error;
        if (this.signal.aborted && error.code === 'cancelled') return done;
        inARow += 1;
        if (inARow === MOST_FAILURES) throw error;
        this.failures.push(error.message);
      }
      longestMs = Math.max(longestMs, performance.now() - beganMs);
      this.#o.onProgress?.(done, (performance.now() - startMs) / this.#o.ms);
      // lets Ctrl-C in between two times that never wait
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const MOST_FAILURES = 3;
