/** How often one user of the control service may call: far above what a person or a script needs, far below what would keep the controller from
 * its agents. */

import { BenchError } from '#proto';

export type ControlCall = 'listAgents' | 'runStudy' | 'cancelStudy';

interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** the command line itself asks 20 times a second whether its agent has come */
const RATES: Readonly<Record<ControlCall, Rate>> = {
  listAgents: { perSecond: 50, burst: 200 },
  runStudy: { perSecond: 2, burst: 20 },
  cancelStudy: { perSecond: 5, burst: 20 },
};
/** of callers; the one that was quiet longest is forgotten */
const MOST_REMEMBERED = 1_000;

/** a token bucket for each caller and call */
export class CallRates {
  readonly #buckets = new Map<string, { left: number; atMs: number }>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** @param caller name in the certificate; '' on loopback, where all are one. @throws BenchError busy when it calls too often */
  take(caller: string, call: ControlCall): void {
    const { perSecond, burst } = RATES[call];
    const key = `${call} ${caller}`;
    const atMs = this.#nowMs();
    const before = this.#buckets.get(key) ?? { left: burst, atMs };
    const left = Math.min(burst, before.left + ((atMs - before.atMs) / 1000) * perSecond);
    // taken out and put back: the map is in the order of last use
    this.#buckets.delete(key);
    this.#buckets.set(key, { left: left >= 1 ? left - 1 : left, atMs });
    if (this.#buckets.size > MOST_REMEMBERED) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    if (left >= 1) return;
    throw new BenchError('busy', `too many calls of ${call}: more than ${perSecond} a second`, {
      nextStep: 'call less often',
    });
  }

  get remembered(): number {
    return this.#buckets.size;
  }
}
