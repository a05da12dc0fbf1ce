/** What is under way on the stream: how many records and bytes were sent and not acknowledged, against what the controller allows. */

export class Window {
  #credits = 0;
  #creditBytes = 0;
  /** sequence of the last record sent on this stream, and its lengths from the first that is not acknowledged */
  #sent = 0;
  #lengths: number[] = [];
  #bytes = 0;
  /** of the last record sent on any stream */
  #highest = 0;

  /** A stream begins: everything after `acked` is sent again. */
  open(acked: number, o: { credits: number; creditBytes: number }): void {
    this.#credits = o.credits;
    this.#creditBytes = o.creditBytes;
    this.#sent = acked;
    this.#lengths = [];
    this.#bytes = 0;
  }

  get next(): number {
    return this.#sent + 1;
  }

  get highest(): number {
    return this.#highest;
  }

  /** whether a record of this length may be sent now; a single one may always */
  allows(length: number): boolean {
    const open = this.#lengths.length;
    return open < this.#credits && (open === 0 || this.#bytes + length <= this.#creditBytes);
  }

  sent(length: number): void {
    this.#sent += 1;
    this.#highest = Math.max(this.#highest, this.#sent);
    this.#lengths.push(length);
    this.#bytes += length;
  }

  /** After a break an ack may be for records that the stream before had sent and this one has not: they are not sent again. */
  acked(sequence: number): void {
    const first = this.#sent - this.#lengths.length + 1;
    const done = this.#lengths.splice(0, Math.max(0, sequence - first + 1));
    for (const length of done) this.#bytes -= length;
    this.#sent = Math.max(this.#sent, sequence);
  }
}
