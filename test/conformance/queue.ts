/** Bytes on their way from a writer to a reader. */
export class Queue {
  readonly #chunks: Buffer[] = [];

  push(bytes: Buffer): void {
    if (bytes.length > 0) this.#chunks.push(bytes);
  }

  /** The next `length` bytes, fewer when there are not as many. @param keep leaves them there */
  take(length: number, keep: boolean): Buffer {
    const taken: Buffer[] = [];
    let left = length;
    for (let i = 0; left > 0 && i < this.#chunks.length; i++) {
      const piece = this.#chunks[i]!.subarray(0, left);
      taken.push(piece);
      left -= piece.length;
    }
    if (!keep) this.#drop(length - left);
    return taken.length === 1 ? taken[0]! : Buffer.concat(taken);
  }

  #drop(length: number): void {
    let left = length;
    while (left > 0) {
      const first = this.#chunks[0]!;
      if (first.length > left) {
        this.#chunks[0] = first.subarray(left);
        return;
      }
      left -= first.length;
      this.#chunks.shift();
    }
  }
}

/** as hash_of in conformance_read.c */
export function fnv1a(bytes: Uint8Array): number {
  let hash = 2166136261;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 16777619);
  return hash >>> 0;
}
