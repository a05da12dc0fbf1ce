/** Strangers decide how often they are refused: what is said about that is bounded. */

const LINES = 20;
const EVERY_MS = 10_000;

export class LineBudget {
  readonly #log: (line: string) => void;
  #left = LINES;
  #sinceMs = performance.now();
  #unsaid = 0;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  say(line: string): void {
    const now = performance.now();
    if (now - this.#sinceMs > EVERY_MS) {
      if (this.#unsaid > 0) this.#log(`and ${this.#unsaid} more of that kind`);
      this.#left = LINES;
      this.#unsaid = 0;
      this.#sinceMs = now;
    }
    if (this.#left === 0) this.#unsaid += 1;
    else {
      this.#left -= 1;
      this.#log(line);
    }
  }
}
