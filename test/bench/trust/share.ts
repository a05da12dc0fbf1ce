/** How often something happened, with what that says about how often it happens. */

import { lnIncompleteBeta } from '../../../controller/stats/beta.ts';

export interface Share {
  readonly count: number;
  readonly of: number;
  /** count / of; null without trials */
  readonly share: number | null;
  /** 95 % Clopper–Pearson */
  readonly low: number;
  readonly high: number;
}

/** `met`: seen within the range. `missed`: the interval lies outside it. `unclear`: seen outside, but it could be chance, or nothing was seen. */
export type Judgement = 'met' | 'missed' | 'unclear';

/** Exact 95 % interval of a binomial share. Source: Clopper & Pearson 1934. Oracle: scipy.stats.binomtest(...).proportion_ci(method='exact'). */
export function shareOf(count: number, of: number): Share {
  const low = count === 0 ? 0 : betaQuantile(0.025, count, of - count + 1);
  const high = count === of ? 1 : betaQuantile(0.975, count + 1, of - count);
  return { count, of, share: of === 0 ? null : count / of, low, high };
}

export function judge({ share, low, high }: Share, range: readonly [number, number]): Judgement {
  if (share === null) return 'unclear';
  if (share >= range[0] && share <= range[1]) return 'met';
  return high < range[0] || low > range[1] ? 'missed' : 'unclear';
}

/** "4.8 % [3.1, 7.0] of 400" */
export function told({ share, low, high, of }: Share): string {
  if (share === null) return 'nothing measured';
  const percent = (value: number) => (100 * value).toFixed(1);
  return `${percent(share)} % [${percent(low)}, ${percent(high)}] of ${of}`;
}

export class Counter {
  #count = 0;
  #of = 0;

  add(happened: boolean): void {
    this.#of += 1;
    if (happened) this.#count += 1;
  }

  share(): Share {
    return shareOf(this.#count, this.#of);
  }

  /** of several counters together */
  static total(counters: readonly Counter[]): Share {
    const sum = (of: (counter: Counter) => number) => counters.reduce((total, counter) => total + of(counter), 0);
    return shareOf(
      sum((counter) => counter.#count),
      sum((counter) => counter.#of),
    );
  }
}

function betaQuantile(probability: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (Math.exp(lnIncompleteBeta(middle, 1 - middle, a, b)) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
