/** Fields of a message into a buffer whose length is known before. */

import { BenchError } from './errors.ts';

/** @returns memory of this length, whatever is in it */
export type Allocate = (length: number) => Buffer;

export class BytesWriter {
  readonly buffer: Buffer;
  #at = 0;

  constructor(length: number, allocate: Allocate) {
    this.buffer = allocate(length);
  }

  /** tag and length of a field whose content follows */
  head(tag: number, length: number): void {
    this.buffer[this.#at++] = tag;
    this.#varint(length);
  }

  uint(tag: number, value: number): void {
    this.buffer[this.#at++] = tag;
    this.#varint(value);
  }

  fixed64(tag: number, value: bigint): void {
    if (value < 0n || value >= 1n << 64n) throw new RangeError(`${value} does not fit 64 bits`);
    this.buffer[this.#at++] = tag;
    this.#at = this.buffer.writeBigUInt64LE(value, this.#at);
  }

  text(tag: number, text: string, length: number): void {
    this.head(tag, length);
    this.#at += this.buffer.write(text, this.#at, length, 'utf8');
  }

  bytes(tag: number, bytes: Uint8Array): void {
    if (!(bytes instanceof Uint8Array)) throw new BenchError('internal', 'a column is not made of bytes');
    this.head(tag, bytes.length);
    this.buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #varint(value: number): void {
    let left = value;
    while (left > 0x7f) {
      this.buffer[this.#at++] = (left % 128) + 128;
      left = Math.floor(left / 128);
    }
    this.buffer[this.#at++] = left;
  }
}

/** bytes of a number of at most 2^53−1 as a varint */
export function varintLength(value: number): number {
  let length = 1;
  for (let left = value; left > 0x7f; left = Math.floor(left / 128)) length++;
  return length;
}
