/** Counts by a closed list of names; what is not on it is counted as `other`, so that no peer can make new ones. */

export class Tally<N extends string> {
  readonly names: readonly (N | 'other')[];
  readonly #counts = new Map<string, number>();

  constructor(names: readonly N[]) {
    this.names = [...names, 'other'];
  }

  add(name: string, n = 1): void {
    const known = (this.names as readonly string[]).includes(name) ? name : 'other';
    this.#counts.set(known, (this.#counts.get(known) ?? 0) + n);
  }

  of(name: N | 'other'): number {
    return this.#counts.get(name) ?? 0;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, n) => sum + n, 0);
  }
}

/** what agents send, by the name of its body */
export const RECORD_KINDS = [
  ...(['samples', 'histogram', 'parity', 'loss', 'note'] as const),
  ...(['end', 'traces', 'blocking', 'observation', 'kernelTime'] as const),
] as const;

/** where something can be lost on its way from a hook to the disk */
export const HOPS = ['load', 'ring', 'bpf', 'spool', 'stream', 'discarded'] as const;
