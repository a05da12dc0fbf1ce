/** A column whose length is not known before: doubles its room as it fills. */
export class GrowingColumn {
  #values = new Float64Array(1 << 16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** what was added, without a copy; nothing may be added afterwards */
  values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}
