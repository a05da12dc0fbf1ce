/** Fields of a message in the order they are expected in. What is not as expected sets `failed`; what is read after that means nothing. */

import { isUtf8 } from 'node:buffer';

const EMPTY = new Uint8Array(0);

export class BytesReader {
  readonly #bytes: Buffer;
  at = 0;
  failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** the tag and length of a field. @param end where its content must end, null for anywhere @returns where it ends */
  head(tag: number, end: number | null): number {
    const length = this.uint(tag, 0xffff_ffff);
    const at = this.at + length;
    if (at > this.#bytes.length || (end !== null && at !== end)) this.failed = true;
    return at;
  }

  uint(tag: number, most: number): number {
    if (this.#bytes[this.at++] !== tag) this.failed = true;
    let value = 0;
    for (let unit = 1; unit < 2 ** 53; unit *= 128) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * unit;
      if (byte > 0x7f) continue;
      if (value > most) this.failed = true;
      return value;
    }
    this.failed = true;
    return 0;
  }

  fixed64(tag: number): bigint {
    if (this.#bytes[this.at] !== tag || this.at + 9 > this.#bytes.length) {
      this.failed = true;
      return 0n;
    }
    this.at += 9;
    return this.#bytes.readBigUInt64LE(this.at - 8);
  }

  text(tag: number): string {
    const end = this.head(tag, null);
    if (this.failed) return '';
    // toString would put replacement characters where there is no text
    if (!isUtf8(this.#bytes.subarray(this.at, end))) this.failed = true;
    const text = this.#bytes.toString('utf8', this.at, end);
    this.at = end;
    return text;
  }

  /** a view, not a copy */
  bytes(tag: number): Uint8Array {
    const end = this.head(tag, null);
    if (this.failed) return EMPTY;
    const view = this.#bytes.subarray(this.at, end);
    this.at = end;
    return view;
  }
}
