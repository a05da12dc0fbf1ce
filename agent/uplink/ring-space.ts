/** Room in a ring of a fixed size: pieces are taken in order, each in one part, and given back in the same order. */

export class RingSpace {
  readonly #size: number;
  #head = 0;
  #tail = 0;
  #pieces = 0;
  /** where the used part ends before it goes on at 0; -1 while it does not */
  #wrapAt = -1;
  #bytes = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get pieces(): number {
    return this.#pieces;
  }

  /** @returns where a piece of this length would go; null when there is no room for it */
  place(length: number): number | null {
    if (this.#pieces === 0) return length <= this.#size ? 0 : null;
    if (this.#wrapAt >= 0) return this.#head + length <= this.#tail ? this.#head : null;
    if (this.#head + length <= this.#size) return this.#head;
    return length <= this.#tail ? 0 : null;
  }

  /** @param at what `place` said for this length, nothing taken since */
  take(at: number, length: number): void {
    if (this.#pieces === 0) {
      this.#tail = 0;
      this.#wrapAt = -1;
    } else if (at === 0) this.#wrapAt = this.#head;
    this.#head = at + length;
    this.#pieces += 1;
    this.#bytes += length;
  }

  /** @param length of the oldest piece */
  free(length: number): void {
    this.#pieces -= 1;
    this.#bytes -= length;
    this.#tail += length;
    if (this.#tail !== this.#wrapAt) return;
    this.#tail = 0;
    this.#wrapAt = -1;
  }
}
