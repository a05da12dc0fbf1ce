import { requireWithin } from './errors.ts';

/** Holm's step-down adjustment of p-values: controls the chance of any false claim in the family.
 * @param pValues each in [0, 1], any order; may be empty
 * @returns adjusted values in the same order, monotone, at most 1
 * @throws StatsError bad-argument
 * No assumption about dependence. Time O(m log m). Source: Holm 1979. Oracle: closed form (R's p.adjust gives the same). */
export function holm(pValues: readonly number[]): readonly number[] {
  for (const p of pValues) requireWithin(0, 1, p, 'p');
  const order = pValues.map((_, i) => i).sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let running = 0;
  order.forEach((index, rank) => {
    running = Math.max(running, Math.min(1, (pValues.length - rank) * (pValues[index] as number)));
    adjusted[index] = running;
  });
  return adjusted;
}
