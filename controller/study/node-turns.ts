/** Whose turn it is on which node: a cell holds its own node, one across nodes the load generator's as well. Never two cells on one node. */

interface Waiting {
  /** where who waits is: no other may take it for its load generator meanwhile, or it would wait for ever */
  readonly node: string;
  /** what it wants of what is free now; null to go on waiting */
  readonly pick: (isFree: (node: string) => boolean) => readonly string[] | null;
  readonly granted: (nodes: readonly string[]) => void;
}

export class NodeTurns {
  readonly #busy = new Set<string>();
  #waiting: readonly Waiting[] = [];

  /** @returns to be called when the nodes are free again. First come, first served */
  take(node: string, pick: Waiting['pick']): Promise<() => void> {
    return new Promise((resolve) => {
      const granted = (nodes: readonly string[]) => resolve(() => this.#give(nodes));
      this.#waiting = [...this.#waiting, { node, pick, granted }];
      this.look();
    });
  }

  /** Looks again who can go on: what they wait for may be there, or be given up. */
  look(): void {
    const taken = new Set(this.#busy);
    this.#waiting = this.#waiting.filter((one) => {
      const nodes = one.pick((node) => !taken.has(node));
      for (const node of nodes ?? [one.node]) taken.add(node);
      if (nodes === null) return true;
      for (const node of nodes) this.#busy.add(node);
      one.granted(nodes);
      return false;
    });
  }

  #give(nodes: readonly string[]): void {
    for (const node of nodes) this.#busy.delete(node);
    this.look();
  }
}
