/** Reads what a program appends to a file, piece by piece. */

import { closeSync, constants, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 256 * 1024;

export class FileTail {
  readonly #fd: number;
  readonly #onText: (text: string) => void;
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);
  #offset = 0;

  /** Makes the file; it must not be there yet (no symbolic link is followed). */
  constructor(path: string, onText: (text: string) => void) {
    const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    this.#fd = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    this.#onText = onText;
  }

  /** Hands on everything appended since the last call. */
  read(): void {
    for (;;) {
      const length = readSync(this.#fd, this.#chunk, 0, CHUNK_BYTES, this.#offset);
      if (length === 0) return;
      this.#offset += length;
      this.#onText(this.#chunk.toString('latin1', 0, length));
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
