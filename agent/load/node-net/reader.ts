/** Lines and counted bytes from one stream of chunks. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#chunks = input[Symbol.asyncIterator]();
  }

  /** One line without its newline, cut at `limitBytes` where none comes; null at the end of input. */
  async line(limitBytes: number): Promise<string | null> {
    for (;;) {
      const end = this.#held.indexOf(10);
      if (end >= 0) return this.#take(end + 1).toString('latin1', 0, end);
      if (this.#held.length >= limitBytes) return this.#take(limitBytes).toString('latin1');
      if (!(await this.#more())) return null;
    }
  }

  /** Exactly `length` bytes; null when the input ends before. */
  async bytes(length: number): Promise<Buffer | null> {
    const parts: Uint8Array[] = [];
    let there = 0;
    for (;;) {
      parts.push(this.#held);
      there += this.#held.length;
      this.#held = Buffer.alloc(0);
      if (there >= length) break;
      if (!(await this.#more())) return null;
    }
    this.#held = Buffer.concat(parts);
    return Buffer.from(this.#take(length));
  }

  #take(length: number): Buffer {
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    this.#held = Buffer.concat([this.#held, next.value]);
    return true;
  }
}
