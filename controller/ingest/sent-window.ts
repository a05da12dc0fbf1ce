/** The controller's view of what an agent has under way: an agent that keeps to its credits is never over it, whatever is on the wire. */

export class SentWindow {
  readonly #most: { readonly records: number; readonly bytes: number };
  /** last sequence that the agent may have been told of */
  #acked = 0;
  #open: { readonly sequence: number; readonly bytes: number }[] = [];
  #bytes = 0;

  constructor(most: { records: number; bytes: number }) {
    this.#most = most;
  }

  acked(sequence: number): void {
    this.#acked = Math.max(this.#acked, sequence);
    const still = this.#open.findIndex((one) => one.sequence > this.#acked);
    for (const { bytes } of this.#open.splice(0, still < 0 ? this.#open.length : still)) this.#bytes -= bytes;
  }

  /** @returns what is wrong with a record that came now, null when nothing is */
  take(sequence: number, bytes: number): string | null {
    const { records, bytes: most } = this.#most;
    if (sequence > this.#acked + records)
      return `record ${sequence} with ${this.#acked} acknowledged, and no more than ${records} may be under way`;
    if (sequence <= this.#acked) return null;
    if (this.#open.length > 0 && this.#bytes + bytes > most)
      return `record ${sequence} makes ${this.#bytes + bytes} bytes under way, and no more than ${most} may be`;
    this.#open.push({ sequence, bytes });
    this.#bytes += bytes;
    return null;
  }
}
