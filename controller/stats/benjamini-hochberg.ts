import { requireWithin } from './errors.ts';

/** Benjamini and Hochberg's step-up adjustment of p-values: controls the expected share of false claims among the claims.
 * @param pValues each in [0, 1], any order; may be empty
 * @returns adjusted values in the same order, monotone, at most 1
 * @throws StatsError bad-argument
 * Assumes independent or positively dependent tests. Time O(m log m). Source: Benjamini & Hochberg 1995. Oracle: scipy.stats.false_discovery_control. */
export function benjaminiHochberg(pValues: readonly number[]): readonly number[] {
  for (const p of pValues) requireWithin(0, 1, p, 'p');
  const order = pValues.map((_, i) => i).sort((a, b) => (pValues[b] as number) - (pValues[a] as number));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let running = 1;
  order.forEach((index, fromLast) => {
    running = Math.min(running, ((pValues[index] as number) * pValues.length) / (pValues.length - fromLast));
    adjusted[index] = running;
  });
  return adjusted;
}
