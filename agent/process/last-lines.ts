/** Keeps the last lines of a program's output for an error message, and hands each whole line on. */
export class LastLines {
  readonly #limit: number;
  readonly #longest: number;
  readonly #partial: Tail;
  readonly #lines: string[] = [];
  readonly #listeners: ((line: string) => void)[] = [];

  /** @param limit lines kept @param longest characters of a line that has not ended yet; of a longer one the end is kept */
  constructor(limit: number, longest = 65_536) {
    this.#limit = limit;
    this.#longest = longest;
    // a line may end with a carriage return, which is no part of it
    this.#partial = new Tail(longest + 1);
  }

  onLine(listener: (line: string) => void): void {
    this.#listeners.push(listener);
  }

  push(chunk: Buffer | string): void {
    const parts = chunk.toString().split('\n');
    const unended = parts.pop() ?? '';
    for (const part of parts) {
      this.#partial.add(part);
      this.#take(this.#partial.take().replace(/\r$/, '').slice(-this.#longest));
    }
    this.#partial.add(unended);
  }

  text(): string {
    const partial = this.#partial.text();
    const tail = partial === '' ? [] : [partial.slice(0, 2000)];
    return [...this.#lines, ...tail].filter((line) => line.trim() !== '').join('\n');
  }

  #take(line: string): void {
    this.#lines.push(line.slice(0, 2000));
    if (this.#lines.length > this.#limit) this.#lines.shift();
    for (const listener of this.#listeners) listener(line);
  }
}

/** The end of a text that comes in pieces. They are joined once, when it is asked for: a line of many pieces is not copied with each of them. */
class Tail {
  readonly #longest: number;
  #pieces: string[] = [];
  #length = 0;

  constructor(longest: number) {
    this.#longest = longest;
  }

  add(piece: string): void {
    if (piece === '') return;
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length > 2 * this.#longest) this.#keep(this.text());
  }

  text(): string {
    return this.#pieces.join('').slice(-this.#longest);
  }

  take(): string {
    const text = this.text();
    this.#keep('');
    return text;
  }

  #keep(text: string): void {
    this.#pieces = text === '' ? [] : [text];
    this.#length = text.length;
  }
}
