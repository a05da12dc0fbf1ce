/** Keeps the last lines of a program's output for an error message, and hands each whole line on. */
export class LastLines {
  readonly #limit: number;
  readonly #lines: string[] = [];
  readonly #listeners: ((line: string) => void)[] = [];
  #partial = '';

  constructor(limit: number) {
    this.#limit = limit;
  }

  onLine(listener: (line: string) => void): void {
    this.#listeners.push(listener);
  }

  push(chunk: Buffer | string): void {
    const parts = (this.#partial + chunk.toString()).split(/\r?\n/);
    this.#partial = (parts.pop() ?? '').slice(-65_536);
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
