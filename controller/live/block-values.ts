/** One arm's measured latencies of one block, for its median. Past a bound every second, fourth, … one is kept. */

import { median } from '../stats/quantile.ts';

const MOST_VALUES = 65_536;

export class BlockValues {
  #values = new Uint32Array(1024);
  #n = 0;
  #every = 1;
  #seen = 0;

  /** all there were, kept or not */
  get seen(): number {
    return this.#seen;
  }

  add(latencyNs: number): void {
    if (this.#seen++ % this.#every !== 0) return;
    if (this.#n === MOST_VALUES) this.#thin();
    if (this.#n === this.#values.length) {
      const larger = new Uint32Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#n++] = latencyNs;
  }

  /** @returns null below `least` values */
  medianNs(least: number): number | null {
    return this.#n < least ? null : median(this.#values.subarray(0, this.#n));
  }

  #thin(): void {
    this.#n = MOST_VALUES / 2;
    this.#every *= 2;
    for (let i = 0; i < this.#n; i++) this.#values[i] = this.#values[2 * i] as number;
  }
}
