/** Timers by name, one each: a later one takes the place of the one before. */
export class Timers {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  start(name: string, ms: number, then: () => void): void {
    this.stop(name);
    this.#timers.set(name, setTimeout(then, ms));
  }

  stop(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  stopAll(): void {
    for (const name of [...this.#timers.keys()]) this.stop(name);
  }
}
