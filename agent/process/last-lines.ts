/** Keeps the last lines of a program's output for an error message, and hands each whole line on. */
export class LastLines {
  readonly #limit: number;
  readonly #longest: number;
  readonly #lines: string[] = [];
  readonly #listeners: ((line: string) => void)[] = [];
  #partial = '';

  /** @param limit lines kept @param longest characters of a line that has not ended yet; of a longer one the end is kept */
  constructor(limit: number, longest = 65_536) {
    this.#limit = limit;
    this.#longest = longest;
  }

  onLine(listener: (line: string) => void): void {
    this.#listeners.push(listener);
  }

  push(chunk: Buffer | string): void {
    const parts = (this.#partial + chunk.toString()).split(/\r?\n/);
    this.#partial = (parts.pop() ?? '').slice(-this.#longest);
    for (const line of parts) {
      this.#lines.push(line.slice(0, 2000));
      if (this.#lines.length > this.#limit) this.#lines.shift();
      for (const listener of this.#listeners) listener(line);
    }
  }

  text(): string {
    const tail = this.#partial === '' ? [] : [this.#partial.slice(0, 2000)];
    return [...this.#lines, ...tail].filter((line) => line.trim() !== '').join('\n');
  }
}
