/** The runs of agents that are known, each with its ledger. Those that have left are forgotten after a time, and past a number the oldest. */

import type { Hello } from '#proto';
import { HELLOS_PER_S, MOST_RUNS, REMEMBER_RUN_MS, TokenBucket } from './limits.ts';
import { RunLedger } from './run-ledger.ts';

interface Known {
  readonly ledger: RunLedger;
  readonly hellos: TokenBucket;
  /** told of the samples that it lost */
  discardedTold: number;
  /** when it left; null while it is connected */
  leftMs: number | null;
}

export class Runs {
  /** those that left last come last */
  readonly #known = new Map<string, Known>();

  get size(): number {
    return this.#known.size;
  }

  /** @param done asked for a run that is not known: what is durable of it already. @returns null when it says hello too often */
  greet(hello: Hello, done: () => number): RunLedger | null {
    const key = keyOf(hello);
    const nowMs = performance.now();
    const known = this.#known.get(key) ?? newcomer(hello, { done: done(), nowMs });
    if (!known.hellos.take(nowMs)) return null;
    known.leftMs = null;
    this.#known.set(key, known);
    return known.ledger;
  }

  /** of one that was greeted */
  of(hello: Hello): RunLedger | null {
    return this.#known.get(keyOf(hello))?.ledger ?? null;
  }

  /** @returns samples lost since this was asked last */
  newlyDiscarded(ledger: RunLedger): number {
    const known = this.#known.get(keyOf(ledger.key));
    if (known === undefined) return 0;
    const more = ledger.discardedSamples - known.discardedTold;
    known.discardedTold = ledger.discardedSamples;
    return more;
  }

  left(hello: Hello, isConnected: (agentId: string) => boolean): void {
    const key = keyOf(hello);
    const known = this.#known.get(key);
    if (known === undefined) return;
    const nowMs = performance.now();
    known.leftMs = nowMs;
    this.#known.delete(key);
    this.#known.set(key, known);
    for (const [old, { leftMs, ledger }] of this.#known) {
      const tooMany = this.#known.size > MOST_RUNS;
      if (leftMs === null || isConnected(ledger.key.agentId)) continue;
      if (!tooMany && nowMs - leftMs < REMEMBER_RUN_MS) break;
      this.#known.delete(old);
    }
  }
}

function newcomer({ agentId, runId }: Hello, { done, nowMs }: { done: number; nowMs: number }): Known {
  const hellos = new TokenBucket({ perS: HELLOS_PER_S, burst: 20 * HELLOS_PER_S, nowMs });
  return { ledger: new RunLedger({ agentId, runId }, done), hellos, discardedTold: 0, leftMs: nowMs };
}

function keyOf({ agentId, runId }: { agentId: string; runId: string }): string {
  return `${agentId} ${runId}`;
}
